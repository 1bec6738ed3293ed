-- Connected workers on which the environment of a builder is prepared, last used first.  $1 builderids
-- $2 now
SELECT e.builderid, e.workerid
  FROM environments e
  JOIN workers w USING (workerid)
 WHERE e.builderid = ANY ($1::bigint[]) AND w.connected AND w.active AND NOT w.paused
       AND NOT w.graceful AND coalesce(w.quarantine_until <= $2::timestamptz, true)
 ORDER BY e.last_used_at DESC;

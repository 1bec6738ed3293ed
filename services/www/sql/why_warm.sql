-- Workers on which an environment of the builder is prepared, last used first.  $1 builderid  $2 now
-- The same that the builder service prefers.
SELECT e.workerid, w.name
  FROM (SELECT workerid, max(last_used_at) AS last_used_at
          FROM environments
         WHERE builderid = $1::bigint
         GROUP BY workerid) e
  JOIN workers w USING (workerid)
 WHERE w.connected AND w.active AND NOT w.paused AND NOT w.graceful
       AND coalesce(w.quarantine_until <= $2::timestamptz, true)
 ORDER BY e.last_used_at DESC;

-- How the locked workers stand; a statement of its own, as it must see what the lock waited for.
-- $1 workerids  $2 now
-- A build that waits for what it triggered takes no slot, so parents can't starve their children.
SELECT w.workerid, w.session,
       w.active AND NOT w.paused AND NOT w.graceful
           AND coalesce(w.quarantine_until <= $2::timestamptz, true) AS willing,
       w.max_builds, w.properties, w.default_properties,
       (SELECT count(*) FROM builds b
         WHERE b.workerid = w.workerid AND NOT b.complete AND NOT b.waiting) AS running
  FROM workers w
 WHERE w.workerid = ANY ($1::bigint[]);

-- How the locked workers stand; a statement of its own, as it must see what the lock waited for.
-- $1 workerids
SELECT w.workerid, w.session, w.active AND NOT w.paused AND NOT w.graceful AS willing, w.max_builds,
       w.properties, (SELECT count(*) FROM builds b WHERE b.workerid = w.workerid AND NOT b.complete)
           AS running
  FROM workers w
 WHERE w.workerid = ANY ($1::bigint[]);

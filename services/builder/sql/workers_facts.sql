-- What matching needs of workers, with the agents' own labels where the key is free.  $1 workerids
SELECT workerid, name, session, session_at, active, paused, graceful, max_builds,
       coalesce(info->'labels', '{}'::jsonb) || labels AS labels
  FROM workers
 WHERE workerid = ANY ($1::bigint[]);

-- What matching needs of workers, with the agents' own labels where the key is free.  $1 workerids
-- $2 now: a worker in quarantine is as good as paused
SELECT workerid, name, session, session_at, active,
       paused OR coalesce(quarantine_until > $2::timestamptz, false) AS paused, graceful, max_builds,
       coalesce(info->'labels', '{}'::jsonb) || labels AS labels, properties
  FROM workers
 WHERE workerid = ANY ($1::bigint[]);

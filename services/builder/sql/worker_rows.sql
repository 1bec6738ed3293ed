-- Workers as events tell of them.  $1 workerids
SELECT workerid, name,
       CASE WHEN connected THEN '[{"masterid": 1}]'::jsonb ELSE '[]'::jsonb END AS connected_to,
       '[]'::jsonb AS configured_on, worker_info(info) AS workerinfo,
          paused OR coalesce(quarantine_until > now(), false) AS paused,
          coalesce(pause_reason, CASE WHEN quarantine_until > now() THEN 'quarantine after '
                   || failures || ' failures of its agent' END) AS pause_reason, graceful, last_seen_at,
       CASE WHEN max_builds = 0 THEN slots ELSE least(slots, max_builds) END AS max_builds,
       coalesce(info->'labels', '{}'::jsonb) || labels AS labels
  FROM workers
 WHERE workerid = ANY ($1::bigint[]);

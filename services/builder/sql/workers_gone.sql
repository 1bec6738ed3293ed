-- Marks agents as disconnected that were silent too long.  $1 silent since
WITH held AS (
    SELECT workerid FROM workers WHERE connected AND last_seen_at < $1::timestamptz
     ORDER BY workerid
       FOR NO KEY UPDATE)
UPDATE workers w
   SET connected = false
  FROM held
 WHERE w.workerid = held.workerid
RETURNING w.workerid, name, '[]'::jsonb AS connected_to, '[]'::jsonb AS configured_on,
          worker_info(info) AS workerinfo,
          paused OR coalesce(quarantine_until > now(), false) AS paused,
          coalesce(pause_reason, CASE WHEN quarantine_until > now() THEN 'quarantine after '
                   || failures || ' failures of its agent' END) AS pause_reason, graceful, last_seen_at,
          CASE WHEN max_builds = 0 THEN slots ELSE least(slots, max_builds) END AS max_builds,
          coalesce(info->'labels', '{}'::jsonb) || labels AS labels;

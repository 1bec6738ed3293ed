-- Begins a session, which ends the one before.  $1 workerid  $2 session  $3 sha256 of its token
-- $4 slots  $5 labels of the agent  $6 info  $7 now
-- A configured worker's labels are the configuration's; the agent's own stand in info, and every reader
-- adds them where the key is free. Whoever asked the worker to stop meant the session before.
UPDATE workers
   SET session = $2::bigint, session_token_hash = $3::bytea, session_at = $7::timestamptz,
       slots = $4::bigint, labels = CASE WHEN enrolled THEN $5::jsonb ELSE labels END,
       info = $6::jsonb || jsonb_build_object('labels', $5::jsonb), connected = true, graceful = false, killed = false,
       last_seen_at = $7::timestamptz
 WHERE workerid = $1::bigint
RETURNING workerid, name, '[{"masterid": 1}]'::jsonb AS connected_to, '[]'::jsonb AS configured_on,
          worker_info(info) AS workerinfo,
          paused OR coalesce(quarantine_until > now(), false) AS paused,
          coalesce(pause_reason, CASE WHEN quarantine_until > now() THEN 'quarantine after '
                   || failures || ' failures of its agent' END) AS pause_reason, graceful, last_seen_at,
          CASE WHEN max_builds = 0 THEN slots ELSE least(slots, max_builds) END AS max_builds,
          coalesce(info->'labels', '{}'::jsonb) || labels AS labels;

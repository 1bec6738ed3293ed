-- Remembers the newest change that a scheduler has seen of a codebase.
--   $1 scheduler   $2 codebase   $3 {repository, branch, revision, project, change}
-- A replica that is behind must not put an older one back.
INSERT INTO scheduler_state (schedulerid, key, value)
VALUES ($1, 'codebases', jsonb_build_object($2::text, $3::jsonb))
ON CONFLICT (schedulerid, key) DO UPDATE SET value = scheduler_state.value || excluded.value
 WHERE coalesce((scheduler_state.value -> $2 ->> 'change')::bigint, 0) < ($3::jsonb ->> 'change')::bigint;

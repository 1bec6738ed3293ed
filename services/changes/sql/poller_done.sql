-- Ends a claim, if it is still ours and the poller has still the repository that was looked at.
--   $1 name   $2 claim   $3 repository   $4 now   $5 next poll due   $6 not before, or null
--   $7 state, jsonb, or null: as it was  $8 error, or null when all went well
UPDATE pollers SET claimed_until = NULL, due_at = least($5, poked_for), poked_for = NULL,
       not_before = $6, last_poll_at = $4, last_error = $8::text, state = coalesce($7::jsonb, state),
       initialized = initialized OR $8::text IS NULL,
       failures = CASE WHEN $8::text IS NULL THEN 0 ELSE failures + 1 END
 WHERE name = $1 AND claim = $2 AND repository = $3;

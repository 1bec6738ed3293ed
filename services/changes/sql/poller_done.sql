-- Ends a claim, if it is still ours.
--   $1 name   $2 claim   $3 now   $4 next poll due   $5 error, or null when all went well
UPDATE pollers SET claimed_until = NULL, due_at = $4, last_poll_at = $3, last_error = $5::text,
       initialized = initialized OR $5::text IS NULL,
       failures = CASE WHEN $5::text IS NULL THEN 0 ELSE failures + 1 END
 WHERE name = $1 AND claim = $2;

-- Claims the poller that is due longest and that nobody works on.  $1 now   $2 claimed until
-- The counter fences: whoever comes back after its claim ran out finds another number.
UPDATE pollers SET claimed_until = $2, claim = claim + 1
 WHERE name = (SELECT name FROM pollers
                WHERE active AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until < $1)
                ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING name, claim, initialized, failures;

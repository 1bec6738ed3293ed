-- The last byte is about to go out; no row when the claim is no longer ours. The answer may take as
-- long again as a whole claim.
--   $1 message   $2 attempt   $3 claimed until
UPDATE notifications SET committing = true, next_try_at = $3
 WHERE notificationid = $1 AND attempts = $2 AND state = 'sending';

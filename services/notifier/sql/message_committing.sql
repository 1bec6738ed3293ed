-- The last byte is about to go out; no row when the claim is no longer ours.
--   $1 message   $2 attempt
UPDATE notifications SET committing = true
 WHERE notificationid = $1 AND attempts = $2 AND state = 'sending';

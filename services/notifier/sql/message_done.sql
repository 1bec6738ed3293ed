-- What came of a try, if its claim is still ours. A sender that was thought dead and comes back with
-- the relay's answer knows better than `unconfirmed`, which nobody else takes up.
--   $1 message   $2 attempt   $3 state   $4 now   $5 next try, or null   $6 error, or null
UPDATE notifications SET state = $3, next_try_at = $5, error = $6, committing = false,
       sent_at = CASE WHEN $3 = 'sent' THEN $4::timestamptz END
 WHERE notificationid = $1 AND attempts = $2 AND state IN ('sending', 'unconfirmed');

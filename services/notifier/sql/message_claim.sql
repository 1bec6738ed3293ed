-- Claims the message that is due longest: a new one, or one whose sender died before its last byte
-- could go out.  $1 now   $2 claimed until
UPDATE notifications SET state = 'sending', attempts = attempts + 1, next_try_at = $2
 WHERE notificationid = (SELECT notificationid FROM notifications
                          WHERE state IN ('pending', 'sending') AND NOT committing
                            AND next_try_at <= $1
                          ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING notificationid, buildid, config_version, notifier, transport, recipient, subject,
          message_id, headers, body_text, body_html, attempts, created_at;

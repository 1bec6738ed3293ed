-- Puts a message into the outbox, once for each build, notifier and recipient.
--   $1 build, 0: none   $2 notifier   $3 transport   $4 recipient   $5 subject   $6 message id
--   $7 headers, jsonb   $8 text   $9 HTML   $10 configuration version   $11 now   $12 worker, 0: none
INSERT INTO notifications (buildid, notifier, transport, recipient, subject, message_id, headers,
                           body_text, body_html, config_version, created_at, next_try_at, workerid)
VALUES (nullif($1::bigint, 0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11,
        nullif($12::bigint, 0))
ON CONFLICT (buildid, notifier, recipient) DO NOTHING
RETURNING notificationid;

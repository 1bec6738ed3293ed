-- Renews the claims of messages that are being sent. One whose last byte may be out keeps the longer
-- time it has got for the relay's answer.
--   $1 messages, int8[]   $2 their attempts, int8[]   $3 claimed until
UPDATE notifications n SET next_try_at = $3
  FROM unnest($1::bigint[], $2::bigint[]) AS x (notificationid, attempts)
 WHERE n.notificationid = x.notificationid AND n.attempts = x.attempts AND n.state = 'sending'
       AND NOT n.committing;

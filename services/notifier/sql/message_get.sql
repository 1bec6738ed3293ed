-- A message as REST shows it.  $1 message
SELECT n.notificationid, n.buildid, b.builderid, b.number, n.notifier, n.transport, n.recipient,
       n.subject, n.state, n.attempts, n.created_at, n.sent_at, n.next_try_at, n.error
  FROM notifications n LEFT JOIN builds b USING (buildid)
 WHERE n.notificationid = $1;

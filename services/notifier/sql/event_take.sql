-- Takes the oldest finished build that no notifier has looked at.  $1 after this build
DELETE FROM notification_events
 WHERE buildid = (SELECT buildid FROM notification_events WHERE buildid > $1
                   ORDER BY buildid LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING buildid;

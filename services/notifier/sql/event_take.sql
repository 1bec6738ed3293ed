-- Takes the oldest finished build that no notifier has looked at.
DELETE FROM notification_events
 WHERE buildid = (SELECT buildid FROM notification_events ORDER BY buildid LIMIT 1
                     FOR UPDATE SKIP LOCKED)
RETURNING buildid;

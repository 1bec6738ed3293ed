-- Leaves word of an ended build for the notifier.  $1 buildid
INSERT INTO notification_events (buildid) VALUES ($1::bigint) ON CONFLICT DO NOTHING;

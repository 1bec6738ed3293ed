-- Tells the notifier of a finished build.  $1 buildid
INSERT INTO notification_events (buildid) VALUES ($1::bigint) ON CONFLICT DO NOTHING;

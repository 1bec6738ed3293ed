-- Forgets sign-ins that nobody came back from.  $1 now
DELETE FROM signins WHERE created_at <= $1::timestamptz - interval '10 minutes'

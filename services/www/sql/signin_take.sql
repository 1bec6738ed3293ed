-- Takes a sign-in of the last ten minutes, once.  $1 sha256 of its state  $2 provider  $3 now
DELETE FROM signins WHERE state_hash = $1 AND provider = $2 AND created_at > $3::timestamptz - interval '10 minutes'
RETURNING detail

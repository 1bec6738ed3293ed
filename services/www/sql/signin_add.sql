-- A sign-in at a provider begins.  $1 sha256 of its state  $2 provider  $3 detail, jsonb  $4 now
INSERT INTO signins (state_hash, provider, detail, created_at) VALUES ($1, $2, $3::jsonb, $4)

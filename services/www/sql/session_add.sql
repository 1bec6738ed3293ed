-- Begins a session.  $1 sha256 of its name  $2 user  $3 whom the provider named, jsonb  $4 now  $5 its end
INSERT INTO sessions (token_hash, username, identity, created_at, expires_at) VALUES ($1, $2, $3::jsonb, $4, $5)

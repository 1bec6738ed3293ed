-- Begins a session.  $1 sha256 of its token  $2 user  $3 now  $4 its end
INSERT INTO sessions (token_hash, username, created_at, expires_at) VALUES ($1, $2, $3, $4)

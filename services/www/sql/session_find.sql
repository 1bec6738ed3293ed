-- Whose session a token is, while it lasts.  $1 sha256 of the token  $2 now
SELECT username FROM sessions WHERE token_hash = $1 AND expires_at > $2

-- Ends a session.  $1 sha256 of its token
DELETE FROM sessions WHERE token_hash = $1

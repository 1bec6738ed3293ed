-- Ends a session.  $1 sha256 of its name
DELETE FROM sessions WHERE token_hash = $1

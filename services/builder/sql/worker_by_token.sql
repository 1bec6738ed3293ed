-- Who holds a session token.  $1 sha256 of the token
SELECT workerid, name, session FROM workers WHERE session_token_hash = $1::bytea;

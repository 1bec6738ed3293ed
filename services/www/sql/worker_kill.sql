-- Ends a worker's session at once: its agent has to sign in again.  $1 workerid
UPDATE workers SET session_token_hash = NULL, connected = false WHERE workerid = $1

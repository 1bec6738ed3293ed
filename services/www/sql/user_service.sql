-- A service account that is active.  $1 name
SELECT username FROM users WHERE lower(username) = lower($1) AND service AND active

-- Whether a name that the proxy gave is one of a user who was deactivated.  $1 user
SELECT userid AS id FROM users WHERE lower(username) = lower($1) AND NOT active

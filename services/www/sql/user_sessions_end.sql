-- Ends the sessions of a local user.  $1 name
DELETE FROM sessions WHERE lower(username) = lower($1) AND identity @> '{"provider": "local"}'

-- What proves a local user, who is active and no service account.  $1 user
SELECT username, full_name, email, groups, password_hash FROM users
 WHERE lower(username) = lower($1) AND active AND NOT service

-- Whether there is a local user of that name, whatever became of him.  $1 user
SELECT userid AS id FROM users WHERE lower(username) = lower($1)

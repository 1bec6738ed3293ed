-- The worker that wants a session by password.  $1 name
SELECT workerid, active, enrolled, password_hash FROM workers WHERE name = $1::text;

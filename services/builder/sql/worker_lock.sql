-- Locks a worker for its new session.  $1 workerid
SELECT workerid, session FROM workers WHERE workerid = $1::bigint FOR NO KEY UPDATE;

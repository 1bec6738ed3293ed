-- The number of the newest session of a worker.  $1 workerid
SELECT session FROM workers WHERE workerid = $1::bigint;

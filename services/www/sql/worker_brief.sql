-- What decides which builders a worker serves.  $1 workerid
SELECT workerid, name, labels, active FROM workers WHERE workerid = $1

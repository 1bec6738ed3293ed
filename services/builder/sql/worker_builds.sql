-- The unfinished builds of a worker.  $1 workerid
SELECT buildid, token, seen, stop_reason, started_at FROM builds
 WHERE workerid = $1::bigint AND NOT complete;

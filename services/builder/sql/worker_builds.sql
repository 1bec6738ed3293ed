-- The unfinished builds of a worker.  $1 workerid
-- Who has sent of its journal has seen a build, though "seen" is written only once a second.
SELECT buildid, token, seen OR next_seq > 0 AS seen, stop_reason, started_at FROM builds
 WHERE workerid = $1::bigint AND NOT complete;

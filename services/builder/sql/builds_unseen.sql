-- Builds that no agent has reported since they were made.  $1 made before
SELECT buildid, workerid FROM builds
 WHERE NOT complete AND NOT seen AND started_at < $1::timestamptz;

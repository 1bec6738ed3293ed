-- Holds off the end of a build that is about to take a lock or a place in line.  $1 buildid
-- No row: it is over, and nobody would give the lock back.
SELECT buildid FROM builds WHERE buildid = $1::bigint AND NOT complete FOR SHARE;

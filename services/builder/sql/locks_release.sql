-- Gives back what a step has or waits for.  $1 buildid  $2 step
DELETE FROM lock_claims WHERE buildid = $1::bigint AND step = $2::bigint;

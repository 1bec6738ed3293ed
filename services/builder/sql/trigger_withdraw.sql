-- Takes a trigger back that no scheduler has looked at.  $1 buildid  $2 step  $3 reason
-- It waits for a scheduler that is at it; what that made is for the statement after this one.
UPDATE triggers
   SET done = true, error = $3::text
 WHERE buildid = $1::bigint AND step = $2::bigint AND NOT done;

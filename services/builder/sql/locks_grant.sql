-- Gives a step that waits in line its locks.  $1 buildid  $2 step  $3 now
UPDATE lock_claims
   SET granted_at = $3::timestamptz
 WHERE buildid = $1::bigint AND step = $2::bigint AND granted_at IS NULL;

-- What few builds have.  $1 buildid  $2 whether it waits for what it triggered (0, 1) or NULL
-- $3 key of its environment or NULL  $4 further seconds that steps waited for locks
UPDATE builds
   SET waiting = coalesce($2::bigint = 1, waiting), environment = coalesce($3::text, environment),
       locks_duration_s = locks_duration_s + $4::bigint
 WHERE buildid = $1::bigint;

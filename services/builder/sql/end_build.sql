-- Ends a build.  $1 buildid  $2 results  $3 state string  $4 when  $5 next_seq or NULL
-- $6 result of the steps or NULL  $7 properties to add or NULL
UPDATE builds
   SET complete = true, complete_at = $4::timestamptz, results = $2::bigint,
       state_string = $3::text, lease_until = NULL, next_seq = coalesce($5::bigint, next_seq),
       folded = coalesce($6::bigint, folded),
       properties = CASE WHEN $7::jsonb IS NULL THEN properties ELSE properties || $7::jsonb END
 WHERE buildid = $1::bigint AND NOT complete
RETURNING buildid, number, builderid, buildrequestid, workerid, masterid, started_at, complete_at,
          locks_duration_s, complete, state_string, results, '{}'::jsonb AS properties, attempt,
          environment, pinned;

-- Moves a build on.  $1 buildid  $2 next_seq  $3 result folded so far  $4 properties to add or NULL
UPDATE builds
   SET next_seq = $2::bigint, folded = $3::bigint, state_string = 'building',
       properties = CASE WHEN $4::jsonb IS NULL THEN properties ELSE properties || $4::jsonb END
 WHERE buildid = $1::bigint
RETURNING buildid, number, builderid, buildrequestid, workerid, masterid, started_at, complete_at,
          locks_duration_s, complete, state_string, results, '{}'::jsonb AS properties, attempt,
          environment, pinned;

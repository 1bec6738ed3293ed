-- Moves a build on.  $1 buildid  $2 next_seq  $3 result folded so far  $4 properties to add or NULL
UPDATE builds
   SET next_seq = $2::bigint, folded = $3::bigint, state_string = 'building',
       properties = properties || coalesce($4::jsonb, '{}'::jsonb)
 WHERE buildid = $1::bigint
RETURNING buildid, number, builderid, buildrequestid, workerid, masterid, started_at, complete_at,
          locks_duration_s, complete, state_string, results, '{}'::jsonb AS properties, attempt;

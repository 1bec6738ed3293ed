-- Ends the steps that an ended build left running.  $1 buildid  $2 results  $3 state string  $4 when
UPDATE steps
   SET complete = true, complete_at = $4::timestamptz, results = $2::bigint, state_string = $3::text
 WHERE buildid = $1::bigint AND NOT complete
RETURNING stepid, number, name, buildid, started_at, locks_acquired_at, complete, complete_at,
          results, state_string, urls, hidden, step_group AS "group", warnings;

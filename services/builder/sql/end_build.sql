-- Ends a build and leaves word for the notifier.  $1 buildid  $2 results  $3 state string  $4 when  $5 next_seq or NULL
-- $6 result of the steps or NULL  $7 properties to add or NULL
WITH ended AS (
    UPDATE builds
       SET complete = true, complete_at = $4::timestamptz, results = $2::bigint,
           state_string = $3::text, lease_until = NULL, next_seq = coalesce($5::bigint, next_seq),
           folded = coalesce($6::bigint, folded),
           properties = properties || coalesce($7::jsonb, '{}'::jsonb)
     WHERE buildid = $1::bigint AND NOT complete
    RETURNING *),
told AS (
    INSERT INTO notification_events (buildid) SELECT buildid FROM ended ON CONFLICT DO NOTHING)
SELECT buildid, number, builderid, buildrequestid, workerid, masterid, started_at, complete_at,
       locks_duration_s, complete, state_string, results, '{}'::jsonb AS properties, attempt
  FROM ended;

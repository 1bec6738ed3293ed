-- Takes back the triggers of an ended build that it would wait for.  $1 buildid  $2 reason
UPDATE triggers
   SET done = true, error = $2::text
 WHERE buildid = $1::bigint AND NOT done AND (request ->> 'waited_for')::boolean;

-- The bytes of build data.  $1 buildid  $2 name
SELECT value FROM build_data WHERE buildid = $1::bigint AND name = $2::text;

-- Sets data of a build.  $1 buildid  $2 name  $3 source  $4 value
INSERT INTO build_data (buildid, name, source, value)
VALUES ($1::bigint, $2::text, $3::text, $4::bytea)
    ON CONFLICT (buildid, name) DO UPDATE SET source = excluded.source, value = excluded.value;

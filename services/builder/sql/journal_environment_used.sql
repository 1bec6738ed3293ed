-- A build works in an environment of its worker.  $1 buildid  $2 key  $3 whether it prepared it
-- $4 seconds that took  $5 now
INSERT INTO environments (workerid, builderid, key, prepared_at, last_used_at, last_buildid, seconds)
SELECT b.workerid, b.builderid, $2::text, $5::timestamptz, $5::timestamptz, b.buildid, $4::float8
  FROM builds b
 WHERE b.buildid = $1::bigint
    ON CONFLICT (workerid, builderid, key) DO UPDATE
   SET last_used_at = excluded.last_used_at, last_buildid = excluded.last_buildid,
       prepared_at = CASE WHEN $3::boolean THEN excluded.prepared_at
                          ELSE environments.prepared_at END,
       seconds = CASE WHEN $3::boolean THEN excluded.seconds ELSE environments.seconds END;

-- Puts a step in line for all of its locks, or gives it them at once.  $1 buildid  $2 step
-- Lists of one length: $3 names  $4 workerids  $5 exclusive (0, 1)  $6 counts
-- For all: $7 now  $8 when they were granted or NULL
INSERT INTO lock_claims (buildid, step, name, workerid, exclusive, count, requested_at, granted_at)
SELECT $1::bigint, $2::bigint, x.name, x.workerid, x.exclusive = 1, x.count, $7::timestamptz,
       $8::timestamptz
  FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
       AS x (name, workerid, exclusive, count)
    ON CONFLICT (buildid, step, name, workerid) DO NOTHING;

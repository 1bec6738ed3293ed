-- What the builds just made hold from now on.  Lists of one length: $1 buildrequestids  $2 names
-- $3 workerids  $4 exclusive (0, 1)  $5 counts; for all: $6 now
INSERT INTO lock_claims (buildid, step, name, workerid, exclusive, count, requested_at, granted_at)
SELECT b.buildid, -1, x.name, x.workerid, x.exclusive = 1, x.count, $6::timestamptz, $6::timestamptz
  FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
       AS x (buildrequestid, name, workerid, exclusive, count)
  JOIN builds b ON b.buildrequestid = x.buildrequestid AND NOT b.complete;

-- What follows from the end of few builds, in the same transaction: locks go, and a worker's failures
-- are counted.  $1 buildid  $2 when  $3 workerid  $4 how its agent did: 1 well, -1 it failed, 0 nobody
-- can say
-- The quarantine grows from 10 s to 1 h with the failures in a row.
WITH released AS (
    DELETE FROM lock_claims WHERE buildid = $1::bigint RETURNING buildid),
judged AS (
    UPDATE workers
       SET failures = CASE WHEN $4::bigint > 0 THEN 0 ELSE failures + 1 END,
           quarantine_until = CASE WHEN $4::bigint < 0 THEN $2::timestamptz
               + least(10 * 2 ^ least(failures, 20), 3600) * interval '1 s' END
     WHERE workerid = $3::bigint AND ($4::bigint < 0 OR ($4::bigint > 0 AND failures > 0))
    RETURNING workerid)
SELECT (SELECT count(*) FROM released) AS locks, (SELECT count(*) FROM judged) AS judged;

-- What follows from an end in the same transaction: locks go, a buildset that it completed is put
-- before the dependent schedulers, if there are any, and a worker's failures are counted.
-- $1 buildid, 0 for a request that has none  $2 bsid  $3 when  $4 workerid  $5 how its agent did:
-- 1 well, -1 it failed, 0 nobody can say
-- The quarantine grows from 10 s to 1 h with the failures in a row.
WITH released AS (
    DELETE FROM lock_claims WHERE buildid = $1::bigint RETURNING buildid),
completed AS (
    INSERT INTO completions (bsid)
    SELECT b.bsid FROM buildsets b
     WHERE b.bsid = $2::bigint AND b.complete AND b.complete_at = $3::timestamptz
           AND b.scheduler IS NOT NULL
           AND EXISTS (SELECT FROM schedulers s WHERE s.active AND s.type = 'dependent')
        ON CONFLICT DO NOTHING
    RETURNING bsid),
judged AS (
    UPDATE workers
       SET failures = CASE WHEN $5::bigint > 0 THEN 0 ELSE failures + 1 END,
           quarantine_until = CASE WHEN $5::bigint < 0 THEN $3::timestamptz
               + least(10 * 2 ^ least(failures, 20), 3600) * interval '1 s' END
     WHERE workerid = $4::bigint AND ($5::bigint < 0 OR ($5::bigint > 0 AND failures > 0))
    RETURNING workerid)
SELECT (SELECT count(*) FROM released) AS locks, (SELECT count(*) FROM completed) AS completions,
       (SELECT count(*) FROM judged) AS judged;

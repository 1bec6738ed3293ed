-- What follows from an end in the same transaction: locks go, and a buildset that it completed is put
-- before the dependent schedulers, if there are any.  $1 buildid, 0 for a request that has none
-- $2 bsid  $3 when
WITH released AS (
    DELETE FROM lock_claims WHERE buildid = $1::bigint RETURNING buildid),
completed AS (
    INSERT INTO completions (bsid)
    SELECT b.bsid FROM buildsets b
     WHERE b.bsid = $2::bigint AND b.complete AND b.complete_at = $3::timestamptz
           AND b.scheduler IS NOT NULL
           AND EXISTS (SELECT FROM schedulers s WHERE s.active AND s.type = 'dependent')
        ON CONFLICT DO NOTHING
    RETURNING bsid)
SELECT (SELECT count(*) FROM released) AS locks, (SELECT count(*) FROM completed) AS completions;

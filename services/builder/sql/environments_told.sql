-- What a worker says it has prepared, which is all.  $1 workerid  $2 builderids and $3 keys, lists of
-- one length  $4 now
WITH told AS (
    SELECT DISTINCT x.builderid, x.key
      FROM unnest($2::bigint[], $3::text[]) AS x (builderid, key)
      JOIN builders USING (builderid)),
gone AS (
    DELETE FROM environments e
     WHERE e.workerid = $1::bigint
           AND NOT EXISTS (SELECT FROM told t WHERE t.builderid = e.builderid AND t.key = e.key))
INSERT INTO environments (workerid, builderid, key, prepared_at, last_used_at)
SELECT $1::bigint, t.builderid, t.key, $4::timestamptz, $4::timestamptz FROM told t
    ON CONFLICT DO NOTHING;

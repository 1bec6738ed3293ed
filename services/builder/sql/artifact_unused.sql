-- Looks at some pieces for those that no artifact needs.  $1 after this sha256 in hex
-- $2 untouched since  $3 how many
-- In order of their key, so that every one has its turn. `last` is NULL when there are no more.
WITH looked AS (
    SELECT sha256, touched_at
      FROM artifact_chunks
     WHERE sha256 > decode($1::text, 'hex')
     ORDER BY sha256
     LIMIT $3::bigint)
SELECT CASE WHEN count(*) = $3::bigint
            THEN (SELECT encode(sha256, 'hex') FROM looked ORDER BY sha256 DESC LIMIT 1) END AS last,
       coalesce(array_agg(encode(l.sha256, 'hex') ORDER BY l.sha256)
                FILTER (WHERE l.touched_at < $2::timestamptz
                              AND NOT EXISTS (SELECT FROM artifacts a
                                               WHERE a.chunks @> ARRAY[l.sha256])),
                '{}'::text[]) AS unused
  FROM looked l;

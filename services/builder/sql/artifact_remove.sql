-- Removes the rows of pieces that no artifact needs still.  $1 sha256s in hex  $2 untouched since
-- What somebody holds, or has touched since, stays.
WITH unused AS (
    SELECT c.sha256
      FROM artifact_chunks c
     WHERE c.sha256 IN (SELECT decode(x, 'hex') FROM unnest($1::text[]) AS x)
           AND c.touched_at < $2::timestamptz
           AND NOT EXISTS (SELECT FROM artifacts a WHERE a.chunks @> ARRAY[c.sha256])
       FOR UPDATE SKIP LOCKED)
DELETE FROM artifact_chunks c
 USING unused u
 WHERE c.sha256 = u.sha256
RETURNING encode(c.sha256, 'hex') AS sha256;

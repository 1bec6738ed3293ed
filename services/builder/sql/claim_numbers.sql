-- Takes build numbers.  $1 builderids  $2 how many for each
-- The rows are locked in one order by every replica, so no two can wait for each other.
WITH locked AS (
    SELECT builderid FROM builders WHERE builderid = ANY ($1::bigint[])
     ORDER BY builderid
       FOR NO KEY UPDATE)
UPDATE builders b
   SET last_number = b.last_number + x.n
  FROM locked, unnest($1::bigint[], $2::bigint[]) AS x (builderid, n)
 WHERE b.builderid = locked.builderid AND b.builderid = x.builderid
RETURNING b.builderid, b.last_number;

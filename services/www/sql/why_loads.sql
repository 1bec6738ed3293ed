-- How much of these locks is taken or waited for, in sums.  $1 names
SELECT name, workerid, exclusive, granted_at IS NOT NULL AS granted, sum(count)::bigint AS count
  FROM lock_claims
 WHERE name = ANY ($1::text[])
 GROUP BY name, workerid, exclusive, granted_at IS NOT NULL
 ORDER BY name COLLATE "C", workerid;

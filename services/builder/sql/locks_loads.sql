-- How much of these locks is taken or waited for, whichever worker's they are, in sums.  $1 names
SELECT 0::bigint AS claimid, name, workerid, 0::bigint AS buildid, 0::bigint AS step, exclusive,
       granted_at IS NOT NULL AS granted, sum(count)::bigint AS count
  FROM lock_claims
 WHERE name = ANY ($1::text[])
 GROUP BY name, workerid, exclusive, granted_at IS NOT NULL;

-- Who has these locks or waits for them, whichever worker's they are, first come first.  $1 names
SELECT claimid, name, workerid, buildid, step, exclusive, granted_at IS NOT NULL AS granted, count
  FROM lock_claims
 WHERE name = ANY ($1::text[])
 ORDER BY claimid;

-- The builds that have these locks or stand in line, first come first.  $1 names  $2 at most so many
SELECT c.name, c.workerid, d.name || '/' || b.number AS build, b.started_at, c.exclusive,
       c.granted_at IS NOT NULL AS granted
  FROM (SELECT x.claimid, x.name, x.workerid, x.buildid, x.exclusive, x.granted_at
          FROM lock_claims x
         WHERE x.name = ANY ($1::text[])
         ORDER BY x.claimid
         LIMIT $2::bigint) c
  JOIN builds b USING (buildid)
  JOIN builders d USING (builderid)
 ORDER BY c.claimid;

-- Builds as people know them.  $1 buildids
SELECT b.buildid, d.name || '/' || b.number AS name
  FROM builds b
  JOIN builders d USING (builderid)
 WHERE b.buildid = ANY ($1::bigint[]);

-- Locks that steps of a request's running build wait for, and who is before them.  $1 buildrequestid
SELECT c.name, coalesce(s.name, c.step::text) AS step,
       ARRAY(SELECT od.name || '/' || ob.number
               FROM lock_claims o
               JOIN builds ob ON ob.buildid = o.buildid
               JOIN builders od ON od.builderid = ob.builderid
              WHERE o.name = c.name AND o.workerid = c.workerid AND o.buildid <> c.buildid
                    AND (o.granted_at IS NOT NULL OR o.claimid < c.claimid)
              ORDER BY o.claimid
              LIMIT 20) AS builds
  FROM builds b
  JOIN lock_claims c ON c.buildid = b.buildid AND c.granted_at IS NULL
  LEFT JOIN steps s ON s.buildid = c.buildid AND s.number = c.step
 WHERE b.buildrequestid = $1::bigint AND NOT b.complete
 ORDER BY c.claimid;

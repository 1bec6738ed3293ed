-- The requests of a buildset as their events tell them, oldest first.  $1 bsid
SELECT buildrequestid, buildsetid, builderid, priority, claimed, claimed_at,
       CASE WHEN claimed THEN 1::bigint END AS claimed_by_masterid,
       complete, results, submitted_at, complete_at, waited_for, NULL::jsonb AS properties
  FROM buildrequests
 WHERE buildsetid = $1
 ORDER BY buildrequestid;

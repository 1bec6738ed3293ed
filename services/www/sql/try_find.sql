-- What an earlier call has made for the same job.  $1 scheduler   $2 job id
SELECT b.bsid,
       ARRAY(SELECT q.buildrequestid FROM buildrequests q WHERE q.buildsetid = b.bsid
              ORDER BY q.buildrequestid)::bigint[] AS brids,
       ARRAY(SELECT q.builderid FROM buildrequests q WHERE q.buildsetid = b.bsid
              ORDER BY q.buildrequestid)::bigint[] AS builderids
  FROM buildsets b
 WHERE b.external_idstring = $2 AND b.scheduler = $1
 ORDER BY b.bsid
 LIMIT 1

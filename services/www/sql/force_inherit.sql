-- What a forced build takes over from another.  $1 builder's name   $2 build's number
SELECT b.properties,
       ARRAY(SELECT c.changeid FROM buildset_changes c WHERE c.bsid = q.buildsetid
              ORDER BY c.changeid)::bigint[] AS changeids
  FROM builds b JOIN builders f USING (builderid) JOIN buildrequests q USING (buildrequestid)
 WHERE f.name = $1 AND b.number = $2

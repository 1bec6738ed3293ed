-- Locks requests that are to be cancelled and have no build.  $1 how many
SELECT buildrequestid, buildsetid
  FROM buildrequests
 WHERE cancel_reason IS NOT NULL AND NOT complete AND NOT claimed
 ORDER BY buildsetid, buildrequestid
 LIMIT $1::bigint
   FOR UPDATE SKIP LOCKED;

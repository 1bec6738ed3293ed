-- Locks builds that their agent no longer has.  $1 buildids
SELECT b.buildid, b.buildrequestid, b.workerid, b.attempt, b.stop_reason, r.buildsetid,
       r.cancel_reason
  FROM builds b
  JOIN buildrequests r USING (buildrequestid)
 WHERE NOT b.complete AND b.buildid = ANY ($1::bigint[])
 ORDER BY r.buildsetid, b.buildrequestid
   FOR NO KEY UPDATE OF b SKIP LOCKED;

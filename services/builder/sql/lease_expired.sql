-- Locks builds whose lease ran out.  $1 now  $2 how many
SELECT b.buildid, b.buildrequestid, b.workerid, b.attempt, b.stop_reason, r.buildsetid,
       r.cancel_reason
  FROM builds b
  JOIN buildrequests r USING (buildrequestid)
 WHERE NOT b.complete AND b.lease_until < $1::timestamptz
 ORDER BY r.buildsetid, b.buildrequestid
 LIMIT $2::bigint
   FOR NO KEY UPDATE OF b SKIP LOCKED;

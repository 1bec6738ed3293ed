-- Renews the leases of builds that agents have reported.  $1 buildids  $2 end of the lease
WITH held AS (
    SELECT buildid FROM builds WHERE buildid = ANY ($1::bigint[]) AND NOT complete
     ORDER BY buildid
       FOR NO KEY UPDATE)
UPDATE builds b
   SET lease_until = $2::timestamptz, seen = true
  FROM held
 WHERE b.buildid = held.buildid;

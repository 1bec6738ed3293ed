-- Pushes on every lease, after a time in which nobody could renew them.  $1 not before
WITH held AS (
    SELECT buildid FROM builds WHERE NOT complete AND lease_until < $1::timestamptz
     ORDER BY buildid
       FOR NO KEY UPDATE)
UPDATE builds b
   SET lease_until = $1::timestamptz
  FROM held
 WHERE b.buildid = held.buildid;

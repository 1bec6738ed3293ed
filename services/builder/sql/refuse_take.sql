-- Takes a request that is to end without a worker.  $1 buildrequestid  $2 now
WITH free AS (
    SELECT buildrequestid FROM buildrequests
     WHERE buildrequestid = $1::bigint AND (claimed OR complete) IS NOT TRUE
           AND cancel_reason IS NULL
       FOR UPDATE SKIP LOCKED)
UPDATE buildrequests r
   SET claimed = true, claimed_at = $2::timestamptz, attempts = r.attempts + 1
  FROM free
 WHERE r.buildrequestid = free.buildrequestid
RETURNING r.buildrequestid, r.buildsetid, r.builderid, r.attempts::bigint AS attempt;

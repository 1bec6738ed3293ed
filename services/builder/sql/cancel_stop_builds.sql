-- Asks the running builds of cancelled requests to stop.  $1 now
-- A build that is being written is left to the next time.
WITH held AS (
    SELECT b.buildid, r.cancel_reason
      FROM buildrequests r
      JOIN builds b USING (buildrequestid)
     WHERE r.cancel_reason IS NOT NULL AND NOT r.complete AND r.claimed AND NOT b.complete
           AND b.stop_reason IS NULL
     ORDER BY b.buildid
       FOR NO KEY UPDATE OF b SKIP LOCKED)
UPDATE builds b
   SET stop_reason = held.cancel_reason, stop_at = $1::timestamptz
  FROM held
 WHERE b.buildid = held.buildid;

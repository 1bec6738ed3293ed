-- Asks the running builds of cancelled requests to stop.  $1 now
UPDATE builds b
   SET stop_reason = r.cancel_reason, stop_at = $1::timestamptz
  FROM buildrequests r
 WHERE r.cancel_reason IS NOT NULL AND NOT r.complete AND r.claimed
       AND b.buildrequestid = r.buildrequestid AND NOT b.complete AND b.stop_reason IS NULL;

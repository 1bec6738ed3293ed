-- Asks for the end of what is unfinished of a trigger.  $1 buildid  $2 step  $3 reason
WITH held AS (
    SELECT r.buildrequestid
      FROM triggers t
     CROSS JOIN LATERAL jsonb_to_recordset(t.buildsets) AS s (bsid bigint)
      JOIN buildrequests r ON r.buildsetid = s.bsid AND NOT r.complete AND r.cancel_reason IS NULL
     WHERE t.buildid = $1::bigint AND t.step = $2::bigint
     ORDER BY r.buildrequestid
       FOR NO KEY UPDATE OF r)
UPDATE buildrequests r
   SET cancel_reason = $3::text
  FROM held
 WHERE r.buildrequestid = held.buildrequestid;

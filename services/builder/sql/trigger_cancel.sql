-- Asks for the end of what is unfinished of a trigger.  $1 buildid  $2 step  $3 reason
UPDATE buildrequests r
   SET cancel_reason = $3::text
  FROM triggers t
 CROSS JOIN LATERAL jsonb_to_recordset(t.buildsets) AS s (bsid bigint)
 WHERE t.buildid = $1::bigint AND t.step = $2::bigint AND r.buildsetid = s.bsid AND NOT r.complete
       AND r.cancel_reason IS NULL;

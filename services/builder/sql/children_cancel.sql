-- Asks for the end of the requests that an ended build waited for.  $1 buildid  $2 reason
UPDATE buildrequests r
   SET cancel_reason = $2::text
  FROM buildsets s
 WHERE s.parent_buildid = $1::bigint AND r.buildsetid = s.bsid AND r.waited_for AND NOT r.complete
       AND r.cancel_reason IS NULL;

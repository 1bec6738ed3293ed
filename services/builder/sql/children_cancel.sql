-- Asks for the end of the requests that an ended build waited for.  $1 buildid  $2 reason
WITH held AS (
    SELECT r.buildrequestid
      FROM buildsets s
      JOIN buildrequests r ON r.buildsetid = s.bsid AND r.waited_for AND NOT r.complete
           AND r.cancel_reason IS NULL
     WHERE s.parent_buildid = $1::bigint
     ORDER BY r.buildrequestid
       FOR NO KEY UPDATE OF r)
UPDATE buildrequests r
   SET cancel_reason = $2::text
  FROM held
 WHERE r.buildrequestid = held.buildrequestid;

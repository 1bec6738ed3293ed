-- Asks for the end of a buildset's unfinished requests.  $1 bsid  $2 the request that failed
-- $3 names of builders, empty: all  $4 reason
-- The one that failed is held with the others, in one order: another one that fails at the same time
-- would wait for it, holding what this one waits for.
WITH held AS (
    SELECT r.buildrequestid, r.builderid
      FROM buildrequests r
     WHERE r.buildsetid = $1::bigint AND NOT r.complete
     ORDER BY r.buildrequestid
       FOR NO KEY UPDATE)
UPDATE buildrequests r
   SET cancel_reason = $4::text
  FROM held
  JOIN builders b USING (builderid)
 WHERE r.buildrequestid = held.buildrequestid AND r.buildrequestid <> $2::bigint
       AND r.cancel_reason IS NULL AND (cardinality($3::text[]) = 0 OR b.name = ANY ($3));

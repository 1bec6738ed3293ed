-- Asks for the end of a buildset's unfinished requests.  $1 bsid  $2 the request that failed
-- $3 names of builders, empty: all  $4 reason
UPDATE buildrequests r
   SET cancel_reason = $4::text
  FROM builders b
 WHERE r.buildsetid = $1 AND r.buildrequestid <> $2 AND NOT r.complete AND r.cancel_reason IS NULL
   AND b.builderid = r.builderid AND (cardinality($3::text[]) = 0 OR b.name = ANY ($3));

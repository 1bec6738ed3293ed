-- Asks for the end of requests.  Lists of one length: $1 requests  $2 reasons
UPDATE buildrequests r
   SET cancel_reason = x.reason
  FROM (SELECT q.buildrequestid, y.reason
          FROM unnest($1::bigint[], $2::text[]) AS y (buildrequestid, reason)
          JOIN buildrequests q USING (buildrequestid)
         WHERE NOT q.complete AND q.cancel_reason IS NULL
         ORDER BY q.buildrequestid
           FOR UPDATE OF q) x
 WHERE r.buildrequestid = x.buildrequestid
RETURNING r.buildrequestid AS id;

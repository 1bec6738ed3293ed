-- Removes complete requests that have no build any more, and buildsets without requests.
-- $1 those that ended before  $2 at most so many
WITH old AS (
    SELECT r.buildrequestid, r.buildsetid
      FROM buildrequests r
     WHERE r.complete AND r.complete_at < $1::timestamptz
           AND NOT EXISTS (SELECT 1 FROM builds b WHERE b.buildrequestid = r.buildrequestid)
     ORDER BY r.buildrequestid
     LIMIT $2::bigint),
gone AS (
    DELETE FROM buildrequests r USING old WHERE r.buildrequestid = old.buildrequestid
    RETURNING r.buildrequestid, r.buildsetid)
DELETE FROM buildsets s
 WHERE s.complete AND s.bsid IN (SELECT buildsetid FROM gone)
   AND NOT EXISTS (SELECT 1 FROM buildrequests r
                    WHERE r.buildsetid = s.bsid
                      AND r.buildrequestid NOT IN (SELECT buildrequestid FROM gone));

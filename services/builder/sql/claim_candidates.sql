-- Pending requests of builders that have a free worker, by priority, then age.
-- $1 builderids  $2 how many of each builder, at most
SELECT r.buildrequestid, r.builderid, r.priority
  FROM unnest($1::bigint[]) AS b (builderid)
 CROSS JOIN LATERAL (
       SELECT q.buildrequestid, q.builderid, q.priority
         FROM buildrequests q
        WHERE q.builderid = b.builderid AND NOT q.claimed AND NOT q.complete
              AND q.cancel_reason IS NULL
        ORDER BY q.priority DESC, q.buildrequestid
        LIMIT $2::bigint) r
 ORDER BY r.priority DESC, r.buildrequestid;

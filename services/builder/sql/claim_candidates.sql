-- Pending requests of builders that have a free worker, by priority, then age.
-- $1 builderids  $2 how many of each builder, at most  $3 builderids whose requests' properties are
-- asked for
SELECT r.buildrequestid, r.builderid, r.priority, r.submitted_at,
       nullif(s.properties -> 'workername' ->> 0, '') AS workername,
       CASE WHEN r.builderid = ANY ($3::bigint[]) THEN s.properties END AS properties
  FROM unnest($1::bigint[]) AS b (builderid)
 CROSS JOIN LATERAL (
       SELECT q.buildrequestid, q.builderid, q.priority, q.submitted_at, q.buildsetid
         FROM buildrequests q
        WHERE q.builderid = b.builderid AND NOT q.claimed AND NOT q.complete
              AND q.cancel_reason IS NULL
        ORDER BY q.priority DESC, q.buildrequestid
        LIMIT $2::bigint) r
  JOIN buildsets s ON s.bsid = r.buildsetid
 ORDER BY r.priority DESC, r.buildrequestid;

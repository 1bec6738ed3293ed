-- How many requests of these builders come before one, by priority, then age.
-- $1 names of builders  $2 its priority  $3 its buildrequestid  $4 at most so many are counted
SELECT count(*) AS ahead
  FROM (SELECT 1
          FROM builders d
         CROSS JOIN LATERAL (
               (SELECT FROM buildrequests q
                 WHERE q.builderid = d.builderid AND NOT q.claimed AND NOT q.complete
                       AND q.cancel_reason IS NULL AND q.priority > $2::bigint
                 LIMIT $4::bigint)
               UNION ALL
               (SELECT FROM buildrequests q
                 WHERE q.builderid = d.builderid AND NOT q.claimed AND NOT q.complete
                       AND q.cancel_reason IS NULL AND q.priority = $2::bigint
                       AND q.buildrequestid < $3::bigint
                 LIMIT $4::bigint)) x
         WHERE d.name = ANY ($1::text[])
         LIMIT $4::bigint) y;

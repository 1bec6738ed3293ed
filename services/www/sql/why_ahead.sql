-- How many requests of these builders come before one, by priority, then age.
-- In the order of the index, so that it is read as far as is counted and no further; an equal
-- priority is a range of one, or the planner might take the index of all open requests for the order.
-- $1 names of builders  $2 its priority  $3 its buildrequestid  $4 at most so many are counted
SELECT count(*) AS ahead
  FROM (SELECT 1
          FROM builders d
         CROSS JOIN LATERAL (
               (SELECT FROM buildrequests q
                 WHERE q.builderid = d.builderid AND NOT q.claimed AND NOT q.complete
                       AND q.cancel_reason IS NULL AND q.priority > $2::bigint
                 ORDER BY q.priority DESC, q.buildrequestid
                 LIMIT $4::bigint)
               UNION ALL
               (SELECT FROM buildrequests q
                 WHERE q.builderid = d.builderid AND NOT q.claimed AND NOT q.complete
                       AND q.cancel_reason IS NULL AND q.priority BETWEEN $2::bigint AND $2::bigint
                       AND q.buildrequestid < $3::bigint
                 ORDER BY q.priority DESC, q.buildrequestid
                 LIMIT $4::bigint)) x
         WHERE d.name = ANY ($1::text[])
         LIMIT $4::bigint) y;

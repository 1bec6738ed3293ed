-- Requests that have waited for a build longer than their builder allows, since they were made or
-- their last build was lost.  Lists of one length: $1 names of builders  $2 how long, microseconds
-- For all: $3 now  $4 how many
SELECT r.buildrequestid, x.name AS builder
  FROM unnest($1::text[], $2::bigint[]) AS x (name, us)
  JOIN builders d ON d.name = x.name
  JOIN buildrequests r ON r.builderid = d.builderid AND NOT r.claimed AND NOT r.complete
       AND r.submitted_at < $3::timestamptz - x.us * interval '1 us'
 WHERE r.attempts = 0
       OR NOT EXISTS (SELECT FROM builds b
                       WHERE b.buildrequestid = r.buildrequestid
                             AND b.complete_at >= $3::timestamptz - x.us * interval '1 us')
 ORDER BY r.buildrequestid
 LIMIT $4::bigint;

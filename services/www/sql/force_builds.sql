-- The newest finished builds of some builders, newest first.  $1 names   $2 of each at most
-- $3 projects whose sources' builds are not shown
SELECT f.name AS builder, b.number
  FROM (SELECT builderid, name FROM builders WHERE name = ANY ($1::text[])) f
 CROSS JOIN LATERAL (SELECT number FROM builds b
                      WHERE b.builderid = f.builderid AND b.complete AND NOT EXISTS (
                            SELECT FROM buildrequests hq
                              JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
                              JOIN sourcestamps hs USING (ssid)
                             WHERE hq.buildrequestid = b.buildrequestid
                               AND hs.project = ANY ($3::text[]))
                      ORDER BY number DESC LIMIT $2) b
 ORDER BY f.name, b.number DESC

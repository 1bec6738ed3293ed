-- Builds by number, the newest first.
-- $1 name of the builder, null for any  $2 number  $3 ids of hidden builders  $4 projects whose builds are hidden  $5 limit
-- For any builder one look into the index of (builderid, number) each.
SELECT bd.name || '/' || b.number AS title, 'builders/' || b.builderid || '/builds/' || b.number AS path,
       b.state_string AS text, b.started_at AS at
  FROM builders bd
  JOIN builds b ON b.builderid = bd.builderid AND b.number = $2::bigint
 WHERE ($1::text IS NULL OR bd.name = $1::text)
   AND bd.builderid <> ALL($3::bigint[])
   AND NOT (cardinality($4::text[]) > 0 AND EXISTS (
       SELECT FROM buildrequests hq JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
         JOIN sourcestamps hs USING (ssid)
        WHERE hq.buildrequestid = b.buildrequestid AND hs.project = ANY($4::text[])))
 ORDER BY b.buildid DESC
 LIMIT $5::bigint

-- Builds of a revision, the newest first.
-- $1 pattern of LIKE  $2 ids of hidden builders  $3 projects whose builds are hidden  $4 limit
-- At most 200 source stamps are looked at, so that a short beginning ends soon.
WITH stamps AS MATERIALIZED (
    SELECT ss.ssid FROM sourcestamps ss WHERE left(ss.revision, 100) LIKE $1::text LIMIT 200
)
SELECT bd.name || '/' || b.number AS title, 'builders/' || b.builderid || '/builds/' || b.number AS path,
       b.state_string AS text, b.started_at AS at
  FROM stamps
  JOIN buildset_sourcestamps link ON link.ssid = stamps.ssid
  JOIN buildrequests q ON q.buildsetid = link.bsid
  JOIN builds b ON b.buildrequestid = q.buildrequestid
  JOIN builders bd ON bd.builderid = b.builderid
 WHERE b.builderid <> ALL($2::bigint[])
   AND NOT (cardinality($3::text[]) > 0 AND EXISTS (
       SELECT FROM buildrequests hq JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
         JOIN sourcestamps hs USING (ssid)
        WHERE hq.buildrequestid = b.buildrequestid AND hs.project = ANY($3::text[])))
 ORDER BY b.buildid DESC
 LIMIT $4::bigint

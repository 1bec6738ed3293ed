-- The last build of a builder, by number.  $1 id of the builder, or 0  $2 its name  $3 branch, or NULL for any
-- $4 projects whose builds are passed over
-- Of a branch it is looked for among the last 2000: a badge is asked for often. No row: no such builder;
-- `found` false: no such build.
SELECT bd.builderid, last.number IS NOT NULL AS found, coalesce(last.complete, false) AS complete,
       last.results::bigint AS results
  FROM builders bd
  LEFT JOIN LATERAL (
       SELECT b.number, b.complete, b.results
         FROM (SELECT number, complete, results, buildrequestid FROM builds
                WHERE builderid = bd.builderid ORDER BY number DESC LIMIT 2000) b
        WHERE ($3::text IS NULL OR EXISTS (
              SELECT 1 FROM buildrequests br
                JOIN buildset_sourcestamps bs ON bs.bsid = br.buildsetid
                JOIN sourcestamps ss ON ss.ssid = bs.ssid
               WHERE br.buildrequestid = b.buildrequestid AND ss.branch = $3))
          AND (cardinality($4::text[]) = 0 OR NOT EXISTS (
              SELECT 1 FROM buildrequests br
                JOIN buildset_sourcestamps bs ON bs.bsid = br.buildsetid
                JOIN sourcestamps ss ON ss.ssid = bs.ssid
               WHERE br.buildrequestid = b.buildrequestid AND ss.project = ANY ($4)))
        ORDER BY b.number DESC LIMIT 1) last ON true
 WHERE bd.builderid = $1 OR ($1 = 0 AND bd.name = $2)

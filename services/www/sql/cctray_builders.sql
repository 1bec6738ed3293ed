-- Builders in force with what they do now and what came of their last build that is complete.
-- $1 ids of builders that are left out  $2 projects whose builds are left out
-- Where some are, they are looked for among the last 2000: this is asked for often.
SELECT bd.builderid, bd.name, coalesce(NOT newest.complete, false) AS building,
       last.results::bigint AS results, last.number, coalesce(last.complete_at, 'epoch') AS complete_at
  FROM builders bd
  LEFT JOIN LATERAL (
       SELECT b.complete
         FROM (SELECT number, complete, buildrequestid FROM builds
                WHERE builderid = bd.builderid ORDER BY number DESC LIMIT 2000) b
        WHERE cardinality($2::text[]) = 0 OR NOT EXISTS (
              SELECT 1 FROM buildrequests br
                JOIN buildset_sourcestamps bs ON bs.bsid = br.buildsetid
                JOIN sourcestamps ss ON ss.ssid = bs.ssid
               WHERE br.buildrequestid = b.buildrequestid AND ss.project = ANY ($2))
        ORDER BY b.number DESC LIMIT 1) newest ON true
  LEFT JOIN LATERAL (
       SELECT b.results, b.number, b.complete_at
         FROM (SELECT number, results, complete_at, buildrequestid FROM builds
                WHERE builderid = bd.builderid AND complete ORDER BY number DESC LIMIT 2000) b
        WHERE cardinality($2::text[]) = 0 OR NOT EXISTS (
              SELECT 1 FROM buildrequests br
                JOIN buildset_sourcestamps bs ON bs.bsid = br.buildsetid
                JOIN sourcestamps ss ON ss.ssid = bs.ssid
               WHERE br.buildrequestid = b.buildrequestid AND ss.project = ANY ($2))
        ORDER BY b.number DESC LIMIT 1) last ON true
 WHERE bd.active AND NOT bd.builderid = ANY ($1::bigint[])
 ORDER BY bd.name

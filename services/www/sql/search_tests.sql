-- Tests by the beginning of their names in all there were, and by a part of them in each builder's newest results.
-- $1 text  $2 pattern of LIKE for its beginning  $3 ids of hidden builders  $4 projects whose builds are hidden  $5 limit
-- Bounded: 500 builders, the newest three sets and 2000 results of each set.
WITH seen AS MATERIALIZED (
    SELECT bd.builderid, bd.name AS builder
      FROM builders bd
     WHERE bd.active AND bd.builderid <> ALL($3::bigint[])
     ORDER BY bd.builderid
     LIMIT 500
), found AS (
    SELECT seen.builderid, seen.builder, begun.name
      FROM seen
     CROSS JOIN LATERAL (SELECT left(tr.test_name, 500) AS name
                           FROM test_results tr
                          WHERE tr.builderid = seen.builderid AND left(tr.test_name, 500) ~>=~ $1::text
                            AND left(tr.test_name, 500) LIKE $2::text
                            AND NOT (cardinality($4::text[]) > 0 AND EXISTS (
                                SELECT FROM test_result_sets hts JOIN builds hb USING (buildid)
                                  JOIN buildrequests hq USING (buildrequestid)
                                  JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
                                  JOIN sourcestamps hs USING (ssid)
                                 WHERE hts.test_result_setid = tr.test_result_setid AND hs.project = ANY($4::text[])))
                          ORDER BY left(tr.test_name, 500) USING ~<~
                          LIMIT 1) begun
    UNION
    SELECT seen.builderid, seen.builder, part.name
      FROM seen
     CROSS JOIN LATERAL (SELECT ts.test_result_setid FROM test_result_sets ts
                          WHERE ts.builderid = seen.builderid
                            AND NOT (cardinality($4::text[]) > 0 AND EXISTS (
                                SELECT FROM builds hb
                                  JOIN buildrequests hq USING (buildrequestid)
                                  JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
                                  JOIN sourcestamps hs USING (ssid)
                                 WHERE hb.buildid = ts.buildid AND hs.project = ANY($4::text[])))
                          ORDER BY ts.test_result_setid DESC LIMIT 3) newest
     CROSS JOIN LATERAL (SELECT left(few.test_name, 500) AS name
                           FROM (SELECT tr.test_name FROM test_results tr
                                  WHERE tr.test_result_setid = newest.test_result_setid
                                  ORDER BY tr.test_resultid LIMIT 2000) few
                          WHERE strpos(lower(few.test_name), lower($1::text)) > 0) part
)
SELECT found.name AS title, 'builders/' || found.builderid || '/test_history' AS path, found.builder AS text,
       NULL::timestamptz AS at
  FROM found
 ORDER BY found.name <> $1::text, length(found.name), found.name, found.builderid
 LIMIT $5::bigint

-- The builds before and after a build among its builder's, and the sums of its tests.  $1 buildid
-- $2 names of projects whose builds are hidden
SELECT previous.buildid AS previous_buildid, previous.number AS previous_number,
       next.buildid AS next_buildid, next.number AS next_number,
       coalesce(sums.passed, 0)::bigint AS tests_passed, coalesce(sums.failed, 0)::bigint AS tests_failed
  FROM builds b
  LEFT JOIN LATERAL (SELECT o.buildid, o.number FROM builds o
                      WHERE o.builderid = b.builderid AND o.number < b.number
                        AND NOT (cardinality($2::text[]) > 0 AND EXISTS (
                            SELECT FROM buildrequests hq JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
                              JOIN sourcestamps hs USING (ssid)
                             WHERE hq.buildrequestid = o.buildrequestid AND hs.project = ANY($2::text[])))
                      ORDER BY o.number DESC LIMIT 1) previous ON true
  LEFT JOIN LATERAL (SELECT o.buildid, o.number FROM builds o
                      WHERE o.builderid = b.builderid AND o.number > b.number
                        AND NOT (cardinality($2::text[]) > 0 AND EXISTS (
                            SELECT FROM buildrequests hq JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
                              JOIN sourcestamps hs USING (ssid)
                             WHERE hq.buildrequestid = o.buildrequestid AND hs.project = ANY($2::text[])))
                      ORDER BY o.number LIMIT 1) next ON true
  LEFT JOIN LATERAL (SELECT sum(ts.tests_passed) AS passed, sum(ts.tests_failed) AS failed
                       FROM test_result_sets ts WHERE ts.buildid = b.buildid) sums ON true
 WHERE b.buildid = $1::bigint

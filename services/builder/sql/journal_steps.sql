-- The steps that a build has begun, and whether a running one has test results.  $1 buildid
SELECT s.number, s.name, s.complete, s.results, s.started_at, s.flags,
       NOT s.complete AND EXISTS (SELECT FROM test_result_sets t WHERE t.stepid = s.stepid) AS tested
  FROM steps s
 WHERE s.buildid = $1::bigint
 ORDER BY s.number;

-- Completes the test result sets of steps that end.  $1 buildid  $2 step numbers
UPDATE test_result_sets t
   SET complete = true
  FROM steps s
 WHERE s.buildid = $1::bigint AND s.number = ANY ($2::bigint[]) AND t.stepid = s.stepid
       AND NOT t.complete
RETURNING t.test_result_setid, t.builderid, t.buildid, t.stepid, t.description, t.category,
          t.value_unit, t.tests_passed, t.tests_failed, t.complete;

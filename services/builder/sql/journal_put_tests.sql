-- Adds results to a set, which is answered when it is new.  $1 buildid  $2 step number
-- $3 description  $4 category  $5 unit  $6 passed and $7 failed among these (NULL: not counted)
-- Lists of one length: $8 names and $9 paths ('': none)  $10 lines and $11 durations in ns (-1: none)
-- $12 values
WITH kept AS (
    INSERT INTO test_result_sets AS t (builderid, buildid, stepid, description, category,
                                       value_unit, tests_passed, tests_failed)
    SELECT b.builderid, b.buildid, s.stepid, $3::text, $4::text, $5::text, $6::bigint, $7::bigint
      FROM steps s
      JOIN builds b USING (buildid)
     WHERE s.buildid = $1::bigint AND s.number = $2::bigint
        ON CONFLICT (stepid, description) DO UPDATE
       SET tests_passed = t.tests_passed + excluded.tests_passed,
           tests_failed = t.tests_failed + excluded.tests_failed
    RETURNING t.*, t.xmax = 0 AS fresh),
added AS (
    INSERT INTO test_results (builderid, test_result_setid, test_name, test_code_path, line,
                              duration_ns, value)
    SELECT k.builderid, k.test_result_setid, nullif(x.name, ''), nullif(x.path, ''),
           nullif(x.line, -1), nullif(x.duration, -1), x.value
      FROM kept k
     CROSS JOIN unnest($8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::text[])
           WITH ORDINALITY AS x (name, path, line, duration, value, place)
     ORDER BY x.place)
SELECT test_result_setid, builderid, buildid, stepid, description, category, value_unit,
       tests_passed, tests_failed, complete
  FROM kept
 WHERE fresh;

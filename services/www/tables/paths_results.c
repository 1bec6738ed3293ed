/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of test results and artifacts. */
#include "tables/paths_tables.h"

const struct rest_path rest_paths_results[] = {
    LIST("test_result_sets", test_result_sets, NULL),
    ONE("test_result_sets/:n", test_result_sets, "ts.test_result_setid = $1::bigint"),
    LIST("test_result_sets/:n/results", test_results, "tr.test_result_setid = $1::bigint"),
    LIST("builders/:n/test_result_sets", test_result_sets, "ts.builderid = $1::bigint"),
    LIST("builders/:s/test_result_sets", test_result_sets, "ts.builderid = " BUILDER_BY_NAME),
    LIST("builds/:n/test_result_sets", test_result_sets, "ts.buildid = $1::bigint"),
    LIST("steps/:n/test_result_sets", test_result_sets, "ts.stepid = $1::bigint"),
    LIST("builders/:n/tests", tests, NULL),
    RESOLVED("builders/:s/tests", tests, REST_COLLECTION, NULL, resolve_builder_by_name),
    LIST("builders/:n/test_history", test_history, "tr.builderid = $1::bigint"),
    LIST("builders/:s/test_history", test_history, "tr.builderid = " BUILDER_BY_NAME),
    LIST("artifacts", artifacts, NULL),
    ONE("artifacts/:n", artifacts, "ar.artifactid = $1::bigint"),
    BYTES("artifacts/:n/raw", artifacts, REST_FILE, "ar.artifactid = $1::bigint"),
    PATHS_END,
};

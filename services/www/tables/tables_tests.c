/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of tests over the builds of a builder. */
#include "tables/tables.h"

/*
 * What a result says: by its category, and of pass_fail by its number, as the
 * sets' counters do. A value that is no number is a skipped test's.
 */
#define OUTCOME                                                                                    \
    "CASE WHEN ts.category IN ('fail_only', 'code_issue') THEN 'failed' "                          \
    "WHEN ts.category = 'pass_only' THEN 'passed' "                                                \
    "WHEN ts.category <> 'pass_fail' THEN 'measured' "                                             \
    "WHEN tr.value !~ '^-?[0-9]+$' THEN 'skipped' "                                                \
    "WHEN tr.value ~ '^-?0+$' THEN 'failed' ELSE 'passed' END"

/* ---- one test, build by build ---- */

struct history_row {
    int64_t test_resultid, test_result_setid, builderid, buildid, number, stepid;
    const char *name, *test_code_path;
    struct ci_maybe line, duration_ns;
    const char *value, *outcome;
    struct ci_time started_at;
};
static const struct ci_field history_row_fields[] = {
    CI_FIELD(struct history_row, test_resultid, 0),
    CI_FIELD(struct history_row, test_result_setid, 0),
    CI_FIELD(struct history_row, builderid, 0),
    CI_FIELD(struct history_row, buildid, 0),
    CI_FIELD(struct history_row, number, 0),
    CI_FIELD(struct history_row, stepid, 0),
    CI_FIELD(struct history_row, name, 0),
    CI_FIELD(struct history_row, test_code_path, 0),
    CI_FIELD(struct history_row, line, 0),
    CI_FIELD(struct history_row, duration_ns, 0),
    CI_FIELD(struct history_row, value, 0),
    CI_FIELD(struct history_row, outcome, 0),
    CI_FIELD(struct history_row, started_at, 0),
};
static const struct ci_record history_row_record =
    CI_RECORD("test_run", struct history_row, history_row_fields);

static const struct rest_field history_fields[] = {
    {"test_resultid",     "tr.test_resultid",        REST_INT,  false, NULL},
    {"test_result_setid", "tr.test_result_setid",    REST_INT,  false, NULL},
    {"builderid",         "tr.builderid",            REST_INT,  false, NULL},
    {"buildid",           "ts.buildid",              REST_INT,  false, NULL},
    {"number",            "b.number",                REST_INT,  false, NULL},
    {"stepid",            "ts.stepid",               REST_INT,  false, NULL},
    {"name",              "left(tr.test_name, 500)", REST_STR,  true,  NULL},
    {"test_code_path",    "tr.test_code_path",       REST_STR,  true,  NULL},
    {"line",              "tr.line",                 REST_INT,  true,  NULL},
    {"duration_ns",       "tr.duration_ns",          REST_INT,  true,  NULL},
    {"value",             "tr.value",                REST_STR,  false, NULL},
    {"outcome",           OUTCOME,                   REST_STR,  false, NULL},
    {"started_at",        "b.started_at",            REST_TIME, false, NULL},
};
static const struct rest_index history_indexes[] = {
    {"test_resultid",                REST_WALK},
    {"builderid name test_resultid", REST_FEW },
    {NULL,                           REST_WALK},
};
const struct rest_resource rest_test_history = REST_RESOURCE(
    "test_history",
    "test_results tr JOIN test_result_sets ts ON ts.test_result_setid = tr.test_result_setid "
    "JOIN builds b ON b.buildid = ts.buildid",
    "tr.test_resultid", history_fields, &history_row_record, .newest_first = true,
    .help = "What became of a test (`name=`) in one build after the other, the newest first.",
    .indexes = history_indexes, .hidden = HIDDEN_BUILD_ROW("b"));

/* ---- all tests of a builder ---- */

struct test_row {
    const char *name;
    int64_t builderid, runs, failures, skips, flips, flakiness, last_buildid, last_number;
    const char *last_outcome;
    struct ci_maybe failing_since_number, duration_ns;
};
static const struct ci_field test_row_fields[] = {
    CI_FIELD(struct test_row, name, 0),
    CI_FIELD(struct test_row, builderid, 0),
    CI_FIELD(struct test_row, runs, 0),
    CI_FIELD(struct test_row, failures, 0),
    CI_FIELD(struct test_row, skips, 0),
    CI_FIELD(struct test_row, flips, 0),
    CI_FIELD(struct test_row, flakiness, 0),
    CI_FIELD(struct test_row, last_buildid, 0),
    CI_FIELD(struct test_row, last_number, 0),
    CI_FIELD(struct test_row, last_outcome, 0),
    CI_FIELD(struct test_row, failing_since_number, 0),
    CI_FIELD(struct test_row, duration_ns, 0),
};
static const struct ci_record test_row_record = CI_RECORD("test", struct test_row, test_row_fields);

/*
 * The results of the builder's last 100 builds, at most 500,000 of them, so
 * that what is read is bounded; before: what the test did the time before.
 */
#define RECENT_RESULTS                                                                             \
    "(SELECT left(tr.test_name, 500) AS name, tr.test_resultid, recent.buildid, recent.number, "   \
    "tr.duration_ns, " OUTCOME " AS outcome "                                                      \
    "FROM (SELECT rb.buildid, rb.number FROM builds rb WHERE rb.builderid = $1::bigint "           \
    "ORDER BY rb.number DESC LIMIT 100) recent "                                                   \
    "JOIN test_result_sets ts ON ts.buildid = recent.buildid "                                     \
    "JOIN test_results tr ON tr.test_result_setid = ts.test_result_setid "                         \
    "WHERE tr.test_name IS NOT NULL LIMIT 500000)"
#define TESTS                                                                                       \
    "(SELECT r.name, $1::bigint AS builderid, count(*) AS runs, "                                   \
    "count(*) FILTER (WHERE r.outcome = 'failed') AS failures, "                                    \
    "count(*) FILTER (WHERE r.outcome = 'skipped') AS skips, "                                      \
    "count(*) FILTER (WHERE r.flip) AS flips, max(r.buildid) AS last_buildid, "                     \
    "max(r.number) AS last_number, array_agg(DISTINCT r.buildid) AS buildids, "                     \
    "(array_agg(r.outcome ORDER BY r.test_resultid DESC))[1] AS last_outcome, "                     \
    "max(r.number) FILTER (WHERE r.outcome = 'passed') AS last_passed, "                            \
    "array_agg(r.number ORDER BY r.number) FILTER (WHERE r.outcome = 'failed') AS failed_numbers, " \
    "avg(r.duration_ns)::bigint AS duration_ns "                                                    \
    "FROM (SELECT a.*, a.outcome IN ('passed', 'failed') AND lag(a.outcome) OVER "                  \
    "(PARTITION BY a.name ORDER BY a.test_resultid) IN ('passed', 'failed') AND a.outcome <> "      \
    "lag(a.outcome) OVER (PARTITION BY a.name ORDER BY a.test_resultid) AS flip "                   \
    "FROM " RECENT_RESULTS " a) r GROUP BY r.name) t"

static const struct rest_field test_fields[] = {
    {"name",                 "t.name",                                              REST_STR, false, NULL},
    {"builderid",            "t.builderid",                                         REST_INT, false, NULL},
    {"runs",                 "t.runs",                                              REST_INT, false, NULL},
    {"failures",             "t.failures",                                          REST_INT, false, NULL},
    {"skips",                "t.skips",                                             REST_INT, false, NULL},
    {"flips",                "t.flips",                                             REST_INT, false, NULL},
    {"flakiness",            "(100 * t.flips / greatest(t.runs - t.skips - 1, 1))", REST_INT, false, NULL},
    {"last_buildid",         "t.last_buildid",                                      REST_INT, false, NULL},
    {"last_number",          "t.last_number",                                       REST_INT, false, NULL},
    {"last_outcome",         "t.last_outcome",                                      REST_STR, false, NULL},
    {"failing_since_number",
     "CASE WHEN t.last_outcome = 'failed' THEN (SELECT min(f.n) FROM unnest(t.failed_numbers) f(n) "
     "WHERE f.n > coalesce(t.last_passed, 0)) END",                                 REST_INT, true,  NULL},
    {"duration_ns",          "t.duration_ns",                                       REST_INT, true,  NULL},
};
const struct rest_resource rest_tests = REST_RESOURCE(
    "tests", TESTS, "t.name", test_fields, &test_row_record, .from_args = 1,
    .help = "A test over the builder's last 100 builds: how often it failed, and how "
            "often what it says changed; flakiness is that in percent of the runs.",
    .hidden =
        "EXISTS (SELECT FROM builds hb WHERE hb.buildid = ANY(t.buildids) AND " HIDDEN_BUILD_ROW(
            "hb") ")");

/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement of libshared against the migrated schema, and the records against theirs. */
#include "db_test.h"
#include "shared/buildset.h"
#include "shared/config.h"
#include "shared/model.h"
#include "shared_sql.h"

static void model__prepares_every_statement(void **state)
{
    struct ci_err err;

    (void)state;
    assert_ok(ci_db_check(db_test.db, shared_sql_all, &err), err);
}

static void model__rows_fill_their_records(void **state)
{
    static const struct {
        const struct ci_stmt *stmt;
        const struct ci_record *record;
    } pairs[] = {
        {&sql_buildset_event,          &ci_buildset_told_record },
        {&sql_buildset_event_requests, &ci_buildrequest_record  },
        {&sql_config_version_get,      &ci_config_version_record},
    };
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(pairs); i++)
        assert_ok(ci_db_check_record(db_test.db, pairs[i].stmt, pairs[i].record, &err), err);
}

/* The names that Buildbot's clients look for, in JSON as in the struct. */
static void model__writes_buildbots_json(void **state)
{
    const struct ci_build build = {.buildid = 7, .number = 3, .state_string = "building"};
    const struct ci_change change = {.changeid = 1, .author = "a <a@b.example>"};
    json_auto_t *json = ci_record_to_json(&ci_build_record, &build);
    json_auto_t *change_json = ci_record_to_json(&ci_change_record, &change);

    (void)state;
    assert_int_equal(7, json_integer_value(json_object_get(json, "buildid")));
    assert_true(json_is_null(json_object_get(json, "results")));
    assert_true(json_is_null(json_object_get(json, "complete_at")));
    assert_true(json_is_false(json_object_get(json, "complete")));
    assert_true(json_is_array(json_object_get(change_json, "files")));
    assert_true(json_is_null(json_object_get(change_json, "revision")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model__prepares_every_statement),
        cmocka_unit_test(model__rows_fill_their_records),
        cmocka_unit_test(model__writes_buildbots_json),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

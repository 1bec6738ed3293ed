/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement against the schema, and the REST resource among their answers. */
#include "db_test.h"
#include "facts.h"
#include "notifier_sql.h"
#include "shared/model.h"

static void sql__every_statement_prepares(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_check(db_test.db, notifier_sql_all, &err), err);
}

static void sql__answers_have_the_fields_of_their_records(void **state)
{
    static const struct {
        const struct ci_stmt *stmt;
        const struct ci_record *record;
    } pairs[] = {
        {&sql_facts_build,   &build_facts_record    },
        {&sql_facts_steps,   &step_facts_record     },
        {&sql_facts_changes, &change_facts_record   },
        {&sql_message_get,   &ci_notification_record},
    };
    struct ci_err err = {0};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(pairs); i++)
        assert_ok(ci_db_check_record(db_test.db, pairs[i].stmt, pairs[i].record, &err), err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql__every_statement_prepares),
        cmocka_unit_test(sql__answers_have_the_fields_of_their_records),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler's statements against the migrated schema. */
#include "db_test.h"
#include "scheduler_sql.h"
#include "store.h"

static void sql__statements_fit_the_schema(void **state)
{
    static const struct {
        const struct ci_stmt *stmt;
        const struct ci_record *record;
    } pairs[] = {
        {&sql_builder_ids,       &named_id_record        },
        {&sql_changes_important, &important_record       },
        {&sql_changes_take,      &ci_candidate_record    },
        {&sql_changes_timerless, &timer_key_record       },
        {&sql_completions_take,  &completion_record      },
        {&sql_config_version,    &config_version_record  },
        {&sql_inbox_take,        &ci_candidate_record    },
        {&sql_scheduler_list,    &scheduler_entry_record },
        {&sql_scheduler_memory,  &scheduler_memory_record},
        {&sql_state_get,         &state_record           },
        {&sql_state_take,        &state_record           },
        {&sql_timer_next,        &timer_due_record       },
        {&sql_timer_take,        &timer_record           },
        {&sql_trigger_take,      &trigger_record         },
    };
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_check(db_test.db, scheduler_sql_all, &err), err);
    for (size_t i = 0; i < CI_COUNT(pairs); i++)
        assert_ok(ci_db_check_record(db_test.db, pairs[i].stmt, pairs[i].record, &err), err);
}

static void builder_ids__come_in_the_order_of_the_names(void **state)
{
    static const char *const names[] = {"c", "nobody", "a", "b"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_i64s out = {0};
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO builders (name) VALUES ('a'), ('b'), ('c')");
    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(store_builder_ids(&tx, (struct ci_strs){names, CI_COUNT(names)}, mem, &out, &err),
              err);
    assert_int_equal(3, out.count);
    assert_true(out.items[0] > out.items[2] && out.items[2] > out.items[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql__statements_fit_the_schema),
        cmocka_unit_test(builder_ids__come_in_the_order_of_the_names),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

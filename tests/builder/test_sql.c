/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement against the schema, and the REST resources among their answers. */
#include "builder_sql.h"
#include "db_test.h"
#include "end.h"
#include "shared/model.h"
#include "start.h"

static void sql__every_statement_prepares(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_check(db_test.db, builder_sql_all, &err), err);
}

static void sql__answers_have_the_fields_of_their_records(void **state)
{
    static const struct {
        const struct ci_stmt *stmt;
        const struct ci_record *record;
    } pairs[] = {
        {&sql_claim_builds,       &ci_build_record       },
        {&sql_journal_progress,   &ci_build_record       },
        {&sql_end_build,          &ci_build_record       },
        {&sql_end_request,        &ci_buildrequest_record},
        {&sql_end_request_reopen, &ci_buildrequest_record},
        {&sql_end_buildset,       &ci_buildset_record    },
        {&sql_journal_put_steps,  &ci_step_row_record    },
        {&sql_end_steps,          &ci_step_row_record    },
        {&sql_journal_put_logs,   &ci_log_row_record     },
        {&sql_journal_end_logs,   &ci_log_row_record     },
        {&sql_end_logs,           &ci_log_row_record     },
        {&sql_session_open,       &ci_worker_row_record  },
        {&sql_worker_rows,        &ci_worker_row_record  },
        {&sql_workers_gone,       &ci_worker_row_record  },
        {&sql_lease_expired,      &end_build_record      },
        {&sql_builds_lost,        &end_build_record      },
        {&sql_build_starts,       &start_record          },
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

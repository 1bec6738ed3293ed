/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement against the schema, and the REST resources among their answers. */
#include "builder_sql.h"
#include "call.h"
#include "db_test.h"
#include "end.h"
#include "shared/buildset.h"
#include "shared/model.h"
#include "start.h"
#include "trigger.h"

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
        {&sql_claim_builds,       &ci_build_record          },
        {&sql_refuse_build,       &ci_build_record          },
        {&sql_journal_progress,   &ci_build_record          },
        {&sql_end_build,          &ci_build_record          },
        {&sql_end_request,        &ci_buildrequest_record   },
        {&sql_end_request_reopen, &ci_buildrequest_record   },
        {&sql_end_buildset,       &ci_buildset_told_record  },
        {&sql_journal_put_steps,  &ci_step_row_record       },
        {&sql_end_steps,          &ci_step_row_record       },
        {&sql_journal_put_logs,   &ci_log_row_record        },
        {&sql_journal_end_logs,   &ci_log_row_record        },
        {&sql_end_logs,           &ci_log_row_record        },
        {&sql_session_open,       &ci_worker_row_record     },
        {&sql_worker_rows,        &ci_worker_row_record     },
        {&sql_workers_gone,       &ci_worker_row_record     },
        {&sql_journal_end_tests,  &ci_test_result_set_record},
        {&sql_journal_put_tests,  &ci_test_result_set_record},
        {&sql_artifact_add,       &ci_artifact_record       },
        {&sql_call_build,         &call_build_record        },
        {&sql_trigger_status,     &trigger_status_record    },
        {&sql_lease_expired,      &end_build_record         },
        {&sql_builds_lost,        &end_build_record         },
        {&sql_build_starts,       &start_record             },
    };
    struct ci_err err = {0};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(pairs); i++)
        assert_ok(ci_db_check_record(db_test.db, pairs[i].stmt, pairs[i].record, &err), err);
}

/* Ends a request with `results` and returns what its buildset has then. */
static int64_t end_one(int64_t buildrequestid, enum ci_result results)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(
        ci_db_exec(&tx, &sql_end_request,
                   CI_ARGS(ci_arg(buildrequestid), ci_arg((int)results), ci_arg(ci_time_now())),
                   NULL, &err),
        err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return db_test_number(db_test.db, "SELECT results::bigint AS n FROM buildsets"
                                      " WHERE complete = (open_requests = 0)"
                                      " AND complete = (complete_at IS NOT NULL)");
}

static void sql__a_buildset_ends_with_its_strongest_result(void **state)
{
    static const struct {
        enum ci_result first, second, whole;
    } cases[] = {
        {CI_SUCCESS, CI_SUCCESS,   CI_SUCCESS  },
        {CI_SKIPPED, CI_SKIPPED,   CI_SUCCESS  },
        {CI_SKIPPED, CI_WARNINGS,  CI_WARNINGS },
        {CI_FAILURE, CI_SKIPPED,   CI_FAILURE  },
        {CI_FAILURE, CI_EXCEPTION, CI_EXCEPTION},
        {CI_FAILURE, CI_CANCELLED, CI_CANCELLED},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        db_test_sql(db_test.db, "TRUNCATE builders, buildsets RESTART IDENTITY CASCADE");
        db_test_sql(db_test.db, "INSERT INTO builders (name) VALUES ('b')");
        db_test_sql(db_test.db, "INSERT INTO buildsets (reason, submitted_at, open_requests)"
                                " VALUES ('', now(), 2)");
        db_test_sql(db_test.db, "INSERT INTO buildrequests (buildsetid, builderid, submitted_at)"
                                " VALUES (1, 1, now()), (1, 1, now())");
        assert_int_equal(-1, end_one(1, cases[i].first));
        assert_int_equal(-1, end_one(1, CI_CANCELLED)); /* a repeat counts nothing */
        assert_int_equal(cases[i].whole, end_one(2, cases[i].second));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql__every_statement_prepares),
        cmocka_unit_test(sql__answers_have_the_fields_of_their_records),
        cmocka_unit_test(sql__a_buildset_ends_with_its_strongest_result),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

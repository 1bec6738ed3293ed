/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations: once each, whoever is first, and never over a schema that differs. */
#include "db_internal.h"
#include "db_test.h"

#include <pthread.h>

static const struct ci_stmt first = {"0001_first",
                                     "CREATE TABLE a (id int);\nCREATE TABLE b (id int)"};
static const struct ci_stmt other_first = {"0001_first", "CREATE TABLE a (id bigint)"};
static const struct ci_stmt second = {"0002_second", "INSERT INTO a VALUES (1); SELECT 1"};
static const struct ci_stmt bad = {"0003_bad", "INSERT INTO a VALUES (2); SELECT nothing"};

static int wipe(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "DROP SCHEMA public CASCADE");
    db_test_sql(db_test.db, "CREATE SCHEMA public");
    return 0;
}

static int64_t count_rows(const char *table)
{
    char text[128];

    snprintf(text, sizeof(text), "SELECT count(*) AS n FROM %s", table);
    return db_test_number(db_test.db, text);
}

static void migrate__applies_each_file_once(void **state)
{
    const struct ci_stmt *const one[] = {&first, NULL}, *const two[] = {&first, &second, NULL};
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_migrate_files(db_test.db, one, &err), err);
    assert_ok(ci_db_migrate_files(db_test.db, two, &err), err);
    assert_ok(ci_db_migrate_files(db_test.db, two, &err), err);
    assert_int_equal(1, count_rows("a"));
    assert_int_equal(2, count_rows("schema_migrations"));
}

static void migrate__accepts_a_newer_database(void **state)
{
    const struct ci_stmt *const one[] = {&first, NULL}, *const two[] = {&first, &second, NULL};
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_migrate_files(db_test.db, two, &err), err);
    assert_ok(ci_db_migrate_files(db_test.db, one, &err), err);
}

static void migrate__refuses_a_file_that_differs(void **state)
{
    const struct ci_stmt *const ours[] = {&first, NULL}, *const theirs[] = {&other_first, NULL};
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_migrate_files(db_test.db, theirs, &err), err);
    assert_false(ci_db_migrate_files(db_test.db, ours, &err));
    assert_int_equal(CI_EINVALID, err.code);
}

static void migrate__leaves_nothing_of_a_file_that_fails(void **state)
{
    const struct ci_stmt *const files[] = {&first, &second, &bad, NULL};
    struct ci_err err = {0};

    (void)state;
    assert_false(ci_db_migrate_files(db_test.db, files, &err));
    assert_string_equal("0003_bad: column \"nothing\" does not exist", err.msg);
    assert_int_equal(1, count_rows("a"));
    assert_int_equal(2, count_rows("schema_migrations"));
}

static void *migrate_ours(void *arg)
{
    struct ci_err err = {0};

    if (ci_db_migrate(arg, &err))
        return NULL;
    fprintf(stderr, "%s\n", err.msg);
    return arg;
}

static void migrate__may_run_in_many_replicas_at_once(void **state)
{
    enum { REPLICAS = 4 };
    pthread_t threads[REPLICAS];
    struct ci_db *pools[REPLICAS];
    void *failed = NULL;

    (void)state;
    for (int i = 0; i < REPLICAS; i++) {
        pools[i] = db_test_pool(db_test.url, 1);
        assert_int_equal(0, pthread_create(&threads[i], NULL, migrate_ours, pools[i]));
    }
    for (int i = 0; i < REPLICAS; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
        ci_db_close(pools[i]);
    }
    assert_true(count_rows("schema_migrations") > 0);
}

static void check__finds_typos_and_wrong_records(void **state)
{
    struct row {
        int id;
    };
    static const struct ci_field fields[] = {CI_FIELD(struct row, id, 0)};
    static const struct ci_record record = CI_RECORD("row", struct row, fields);
    static const struct ci_stmt good = {"good", "SELECT id FROM a WHERE id = $1"};
    static const struct ci_stmt typo = {"typo", "SELEC id FROM a"};
    static const struct ci_stmt more = {"more", "SELECT id, 1 AS more FROM a"};
    static const struct ci_stmt none = {"none", "DELETE FROM a"};
    const struct ci_stmt *const files[] = {&first, NULL};
    const struct ci_stmt *const fine[] = {&good, &more, NULL}, *const wrong[] = {&good, &typo,
                                                                                 NULL};
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_migrate_files(db_test.db, files, &err), err);
    assert_ok(ci_db_check(db_test.db, fine, &err), err);
    assert_false(ci_db_check(db_test.db, wrong, &err));
    assert_string_equal("typo: syntax error at or near \"SELEC\"", err.msg);
    assert_ok(ci_db_check_record(db_test.db, &good, &record, &err), err);
    assert_false(ci_db_check_record(db_test.db, &more, &record, &err));
    assert_string_equal("more: record row has no field for column more", err.msg);
    assert_false(ci_db_check_record(db_test.db, &none, &record, &err));
    assert_string_equal("none: no column for row.id", err.msg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(migrate__applies_each_file_once, wipe),
        cmocka_unit_test_setup(migrate__accepts_a_newer_database, wipe),
        cmocka_unit_test_setup(migrate__refuses_a_file_that_differs, wipe),
        cmocka_unit_test_setup(migrate__leaves_nothing_of_a_file_that_fails, wipe),
        cmocka_unit_test_setup(migrate__may_run_in_many_replicas_at_once, wipe),
        cmocka_unit_test_setup(check__finds_typos_and_wrong_records, wipe),
    };

    return cmocka_run_group_tests(tests, db_test_open_empty, db_test_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Buildsets: what is written, what is shared, what races. */
#include "db_test.h"
#include "shared/buildset.h"

#include <pthread.h>

static int reset(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "TRUNCATE buildsets, sourcestamps, builders, changes RESTART IDENTITY "
                            "CASCADE");
    db_test_sql(db_test.db, "INSERT INTO builders (name) VALUES ('a'), ('b')");
    return 0;
}

static const struct ci_time now = {INT64_C(1700000000000000)};

static struct ci_buildset_made add(void *mem, const struct ci_buildset_request *request)
{
    CI_AUTO_TX tx = {0};
    struct ci_buildset_made made;
    struct ci_err err;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_buildset_add(&tx, request, now, mem, &made, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return made;
}

static const int64_t both[] = {2, 1};

static void buildset__writes_requests_in_order(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_source source = {.repository = "r", .branch = "main", .revision = "abc"};
    json_t *properties = ci_mem_json(mem, json_pack("{s: [i, s]}", "n", 1, "Force"));
    const struct ci_buildset_request request = {
        .scheduler = "sched",
        .reason = "because",
        .sources = &source,
        .source_count = 1,
        .properties = properties,
        .builderids = {both, 2},
        .priority = 5,
    };
    struct ci_buildset_made made = add(mem, &request);

    (void)state;
    assert_int_equal(2, made.brids.count);
    assert_int_equal(1, json_object_size(properties));
    assert_int_equal(made.brids.items[0],
                     db_test_number(db_test.db, "SELECT buildrequestid AS n FROM buildrequests "
                                                "WHERE builderid = 2 AND priority = 5"));
    assert_int_equal(1, db_test_number(db_test.db,
                                       "SELECT count(*) AS n FROM buildsets WHERE NOT complete AND "
                                       "open_requests = 2 AND results = -1 AND scheduler = 'sched' "
                                       "AND properties = '{\"n\": [1, \"Force\"], \"scheduler\": "
                                       "[\"sched\", \"Scheduler\"]}'"));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM sourcestamps WHERE "
                                                   "created_at = to_timestamp(1700000000)"));
}

static void buildset__shares_sourcestamps(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_source sources[] = {
        {.repository = "r", .branch = "main",  .revision = "abc"},
        {.repository = "r", .branch = "main",  .revision = "abc", .codebase = "c"},
        {.repository = "r",                 .codebase = "d"                 },
        {.repository = "r", .branch = "main",  .codebase = "e"   },
        {.repository = "r", .revision = "abc", .codebase = "f"  },
    };
    const struct ci_buildset_request request = {
        .reason = "x",
        .sources = sources,
        .source_count = CI_COUNT(sources),
        .builderids = {both, 1}
    };

    (void)state;
    (void)add(mem, &request);
    (void)add(mem, &request);
    assert_int_equal(5, db_test_number(db_test.db, "SELECT count(*) AS n FROM sourcestamps"));
    assert_int_equal(10,
                     db_test_number(db_test.db, "SELECT count(*) AS n FROM buildset_sourcestamps"));
}

static void buildset__without_builders_is_complete(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_buildset_request request = {.reason = "x"};
    struct ci_buildset_made made = add(mem, &request);

    (void)state;
    assert_int_equal(0, made.brids.count);
    assert_int_equal(1, db_test_number(db_test.db,
                                       "SELECT count(*) AS n FROM buildsets WHERE complete AND "
                                       "results = 0 AND open_requests = 0 AND complete_at = "
                                       "submitted_at AND properties = '{}'"));
}

static void buildset__links_changes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const int64_t changes[] = {1, 2};
    const struct ci_buildset_request request = {
        .reason = "x", .changeids = {changes, 2},
             .builderids = {both,    1}
    };

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO sourcestamps (repository) VALUES ('r')");
    db_test_sql(db_test.db, "INSERT INTO changes (ssid, author, when_timestamp, source) SELECT 1, "
                            "'a', now(), 't' FROM generate_series(1, 2)");
    (void)add(mem, &request);
    assert_int_equal(2, db_test_number(db_test.db, "SELECT count(*) AS n FROM buildset_changes"));
}

static void buildset__refuses_a_builder_that_is_not_there(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    const int64_t nobody[] = {99};
    const struct ci_buildset_request request = {
        .reason = "x", .builderids = {nobody, 1}
    };
    struct ci_buildset_made made;
    struct ci_err err;

    (void)state;
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_false(ci_buildset_add(&tx, &request, now, mem, &made, &err));
    assert_int_equal(CI_ECONFLICT, err.code);
}

enum { THREADS = 4, ROUNDS = 25 };

static void *race(void *failed)
{
    CI_AUTO_MEM mem = ci_mem_new();

    for (int i = 0; i < ROUNDS; i++) {
        char revision[16];
        const struct ci_source source = {.repository = "r", .revision = revision};
        const struct ci_buildset_request request = {
            .reason = "x", .sources = &source, .source_count = 1, .builderids = {both, 1}
        };
        CI_AUTO_TX tx = {0};
        struct ci_buildset_made made;
        struct ci_err err;

        (void)snprintf(revision, sizeof(revision), "%d", i);
        if (!ci_tx_begin(db_test.db, &tx, &err) ||
            !ci_buildset_add(&tx, &request, now, mem, &made, &err) || !ci_tx_commit(&tx, &err))
            __atomic_add_fetch((int *)failed, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

/* Many at once with the same new sources: each buildset gets its stamp, each stamp is one row. */
static void buildset__survives_a_race_for_one_sourcestamp(void **state)
{
    pthread_t threads[THREADS];
    int failed = 0;

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, race, &failed));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_join(threads[i], NULL));
    assert_int_equal(0, failed);
    assert_int_equal(ROUNDS, db_test_number(db_test.db, "SELECT count(*) AS n FROM sourcestamps"));
    assert_int_equal(THREADS * ROUNDS,
                     db_test_number(db_test.db, "SELECT count(*) AS n FROM buildset_sourcestamps"));
}

/* Without a bus nothing is told, and nothing goes wrong. */
static void buildset__is_announced(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_buildset_request request = {
        .reason = "x", .builderids = {both, 2}
    };
    struct ci_buildset_made made = add(mem, &request);
    struct ci_bus *bus;
    struct ci_err err;

    (void)state;
    assert_ok(ci_bus_open(NULL, "test", &bus, &err), err);
    ci_buildset_announce(db_test.db, bus, &made, mem);
    ci_bus_close(bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(buildset__writes_requests_in_order, reset),
        cmocka_unit_test_setup(buildset__shares_sourcestamps, reset),
        cmocka_unit_test_setup(buildset__without_builders_is_complete, reset),
        cmocka_unit_test_setup(buildset__links_changes, reset),
        cmocka_unit_test_setup(buildset__refuses_a_builder_that_is_not_there, reset),
        cmocka_unit_test_setup(buildset__survives_a_race_for_one_sourcestamp, reset),
        cmocka_unit_test_setup(buildset__is_announced, reset),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

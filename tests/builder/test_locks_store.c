/* SPDX-License-Identifier: Apache-2.0 */
/* The locks of steps as rows: order, many replicas at once, circles of waits. */
#include "ci_test.h"
#include "db_test.h"
#include "locks_store.h"
#include "shared/clock.h"

#include <pthread.h>

#define NUMBER(text) db_test_number(db_test.db, (text))

static void *mem;

/* Builds 1 to 60 of builder b on worker w, numbered alike. */
static int begin(void **state)
{
    (void)state;
    mem = ci_mem_new();
    db_test_sql(db_test.db, "TRUNCATE config_versions, builders, workers, buildsets, locks, "
                            "lock_claims, triggers RESTART IDENTITY CASCADE");
    db_test_sql(db_test.db, "INSERT INTO config_versions (applied_by, yaml) VALUES ('t', '')");
    db_test_sql(db_test.db, "INSERT INTO builders (name) VALUES ('b')");
    db_test_sql(db_test.db, "INSERT INTO workers (name) VALUES ('w')");
    db_test_sql(db_test.db, "INSERT INTO buildsets (reason, submitted_at, open_requests)"
                            " SELECT '', now(), 1 FROM generate_series(1, 60)");
    db_test_sql(db_test.db,
                "INSERT INTO buildrequests (buildsetid, builderid, submitted_at, claimed)"
                " SELECT i, 1, now(), true FROM generate_series(1, 60) i");
    db_test_sql(db_test.db, "INSERT INTO builds (number, builderid, buildrequestid, workerid,"
                            " config_version, attempt, token, started_at)"
                            " SELECT i, 1, i, 1, 1, 1, 't', now() FROM generate_series(1, 60) i");
    return 0;
}

static int end(void **state)
{
    (void)state;
    ci_mem_free(mem);
    return 0;
}

/* What step 0 of a build is answered that asks for up to two locks of two places each. */
static struct locks_answer ask(int64_t build, const char *first, const char *second, bool exclusive)
{
    struct locks_use uses[] = {
        {first,  0, exclusive, 1, 2},
        {second, 0, exclusive, 1, 2}
    };
    struct locks_answer answer;
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(locks_try(&tx, build, 0, (struct ci_list){uses, second ? 2 : 1}, ci_time_now(), mem,
                        &answer, &err),
              err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return answer;
}

static bool release(int64_t build)
{
    bool released = false;
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(locks_release(&tx, build, 0, &released, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return released;
}

static void locks_store__queue_is_first_in_first_out(void **state)
{
    struct locks_answer answer;

    (void)state;
    assert_true(ask(1, "l", NULL, false).granted);
    assert_true(ask(1, "l", NULL, false).granted); /* a repeat */
    answer = ask(2, "l", NULL, true);
    assert_false(answer.granted);
    assert_int_equal(1, answer.held_by.count);
    assert_string_equal("b/1", answer.held_by.items[0]);
    assert_false(ask(3, "l", NULL, false).granted); /* the exclusive one waits before it */
    assert_true(release(1));
    assert_false(ask(3, "l", NULL, false).granted);
    assert_true(ask(2, "l", NULL, true).granted);
    assert_true(release(2));
    assert_true(ask(3, "l", NULL, false).granted);
    assert_false(release(2));
}

static void locks_store__all_at_once_or_none(void **state)
{
    (void)state;
    assert_true(ask(1, "m", NULL, true).granted);
    assert_false(ask(2, "l", "m", true).granted);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM lock_claims WHERE name = 'l'"
                               " AND granted_at IS NOT NULL"));
    assert_false(ask(3, "l", NULL, false).granted); /* 2 is to have it */
    assert_true(release(1));
    assert_true(ask(2, "l", "m", true).granted);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM lock_claims WHERE buildid = 2"
                               " AND granted_at IS NOT NULL"));
}

static void locks_store__a_circle_is_refused_and_named(void **state)
{
    struct locks_answer answer;

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO lock_claims (name, buildid, exclusive, requested_at,"
                            " granted_at) VALUES ('l', 1, true, now(), now()),"
                            " ('m', 2, true, now(), now())");
    assert_int_equal(0, ask(1, "m", NULL, true).circle.count);
    answer = ask(2, "l", NULL, true);
    assert_false(answer.granted);
    assert_int_equal(2, answer.circle.count);
    assert_string_equal("b/2", answer.circle.items[0]);
    assert_string_equal("b/1", answer.circle.items[1]);
    /* It has left the line: the other goes on once build 2 has ended. */
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM lock_claims WHERE buildid = 2"
                               " AND step = 0"));
}

static void locks_store__a_build_and_its_step_may_not_use_the_same_lock(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "INSERT INTO lock_claims (name, buildid, exclusive, requested_at,"
                            " granted_at) VALUES ('l', 1, true, now(), now())");
    assert_int_equal(1, ask(1, "l", NULL, false).circle.count);
}

/* #2916: the parent holds the lock, waits for the child, and the child's step wants it. */
static void locks_store__a_deadlock_over_trigger_is_found(void **state)
{
    struct locks_answer answer;

    (void)state;
    db_test_sql(db_test.db, "UPDATE buildrequests SET waited_for = true WHERE buildrequestid = 2");
    db_test_sql(db_test.db, "INSERT INTO triggers (buildid, step, request, done, buildsets)"
                            " VALUES (1, 3, '{}', true, '[{\"bsid\": 2}]')");
    db_test_sql(db_test.db, "INSERT INTO lock_claims (name, buildid, exclusive, requested_at,"
                            " granted_at) VALUES ('l', 1, true, now(), now())");
    answer = ask(2, "l", NULL, true);
    assert_int_equal(2, answer.circle.count);
    assert_string_equal("b/2", answer.circle.items[0]);
    assert_string_equal("b/1", answer.circle.items[1]);
}

/* Steps of one build that run side by side wait for each other like those of two builds. */
static void locks_store__a_parallel_step_is_no_circle(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "INSERT INTO lock_claims (name, buildid, step, exclusive, requested_at,"
                            " granted_at) VALUES ('l', 1, 7, true, now(), now())");
    assert_int_equal(0, ask(1, "l", NULL, true).circle.count);
}

enum { THREADS = 8, ROUNDS = 12 };

static _Atomic int holders, most, failures;

/* Takes, holds and gives back the lock, again and again, each round as another build. */
static void *contend(void *arg)
{
    const int64_t build = 1 + (int64_t)(intptr_t)arg;

    for (int round = 0; round < ROUNDS; round++) {
        struct locks_use use = {"l", 0, false, 1, 2};
        struct locks_answer answer = {0};
        struct ci_err err = {0};

        while (!answer.granted) {
            CI_AUTO_MEM own = ci_mem_new();
            CI_AUTO_TX tx = {0};

            if (!ci_tx_begin(db_test.db, &tx, &err) ||
                !locks_try(&tx, build, 0, (struct ci_list){&use, 1}, ci_time_now(), own, &answer,
                           &err) ||
                !ci_tx_commit(&tx, &err))
                failures++;
        }
        if (++holders > most)
            most = holders;
        holders--;
        (void)release(build);
    }
    return NULL;
}

static void locks_store__replicas_never_grant_too_much(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, contend, (void *)(intptr_t)i));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(0, failures);
    assert_in_range(most, 1, 2);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM lock_claims"));
}

/* It could never give the lock back. */
static void locks_store__a_build_that_is_over_gets_none(void **state)
{
    struct locks_use use = {"a", 0, true, 1, 1};
    struct locks_answer answer;
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    (void)state;
    db_test_sql(db_test.db, "UPDATE builds SET complete = true, results = 0, complete_at = now()"
                            " WHERE buildid = 1");
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_false(
        locks_try(&tx, 1, 0, (struct ci_list){&use, 1}, ci_time_now(), mem, &answer, &err));
    assert_int_equal(CI_EGONE, err.code);
    ci_tx_rollback(&tx);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM lock_claims"));
}

#define locks_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        locks_test(locks_store__queue_is_first_in_first_out),
        locks_test(locks_store__all_at_once_or_none),
        locks_test(locks_store__a_circle_is_refused_and_named),
        locks_test(locks_store__a_build_and_its_step_may_not_use_the_same_lock),
        locks_test(locks_store__a_deadlock_over_trigger_is_found),
        locks_test(locks_store__a_parallel_step_is_no_circle),
        locks_test(locks_store__replicas_never_grant_too_much),
        locks_test(locks_store__a_build_that_is_over_gets_none),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

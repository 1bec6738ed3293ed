/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of changes against the migrated schema: pollers and their claims. */
#include "db_test.h"
#include "store.h"

#include <pthread.h>

enum { POLLERS = 20 };

static const struct ci_time noon = {INT64_C(1767268800) * 1000000};

static int clean(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "TRUNCATE pollers CASCADE");
    return 0;
}

static const char *const names[] = {"one", "two"};
static const char *const repositories[] = {"/r/1", "/r/2"};
static const int64_t intervals[] = {60000000, 60000000};
static const struct poller_scope both = {
    {names,        2},
    {repositories, 2},
    {intervals,    2}
};

static void add_pollers(void)
{
    db_test_sql(db_test.db, "INSERT INTO pollers (name, repository, due_at) VALUES "
                            "('one', '/r/1', '2026-01-01 11:00+00'), "
                            "('two', '/r/2', '2026-01-01 11:30+00')");
}

static bool claim(const struct poller_scope *scope, struct ci_time now, void *mem,
                  struct poller_claim *out)
{
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    if (!store_poller_claim(&tx, scope, now, ci_time_add(now, ci_seconds(20)), mem, out, &err)) {
        assert_int_equal(CI_ENOTFOUND, err.code);
        return false;
    }
    assert_ok(ci_tx_commit(&tx, &err), err);
    return true;
}

static bool finish(const struct poller_claim *mine, const char *repository, struct ci_time now,
                   const char *error)
{
    const struct poller_end how = {
        .repository = repository,
        .now = now,
        .due = ci_time_add(now, ci_seconds(60)),
        .error = error,
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};
    bool held = false;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_poller_done(&tx, mine, &how, mem, &held, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return held;
}

static int64_t next_due(const struct poller_scope *scope, struct ci_time now)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct ci_time due = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(store_poller_next(&tx, scope, now, mem, &due, &err), err);
    return due.us ? due.us - now.us : 0;
}

static void claim__is_never_the_same_for_two(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim first, second, third;

    (void)state;
    add_pollers();
    assert_true(claim(&both, noon, mem, &first));
    assert_string_equal("one", first.name); /* due longest */
    assert_false(first.initialized);
    assert_true(claim(&both, noon, mem, &second));
    assert_string_equal("two", second.name);
    assert_false(claim(&both, noon, mem, &third));
    assert_int_equal(20000000, next_due(&both, noon)); /* when the claims run out */
    assert_true(finish(&first, "/r/1", noon, NULL));
    assert_true(finish(&second, "/r/2", noon, "it hangs"));
    assert_false(claim(&both, noon, mem, &third));
    assert_int_equal(60000000, next_due(&both, noon));
    assert_true(claim(&both, ci_time_add(noon, ci_seconds(60)), mem, &third));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT failures AS n FROM pollers "
                                                   "WHERE last_error = 'it hangs'"));
}

static void claim__that_ran_out_is_fenced(void **state)
{
    struct ci_time later = ci_time_add(noon, ci_seconds(21));
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim slow, quick;

    (void)state;
    add_pollers();
    assert_true(claim(&both, noon, mem, &slow));
    assert_true(claim(&both, later, mem, &quick));
    assert_string_equal("one", quick.name);
    assert_false(finish(&slow, "/r/1", later, NULL));
    assert_true(finish(&quick, "/r/1", later, NULL));
    assert_false(finish(&slow, "/r/1", later, "too late"));
    assert_int_equal(0, db_test_number(db_test.db, "SELECT count(last_error) AS n FROM pollers"));
}

static void claim__that_is_renewed_does_not_run_out(void **state)
{
    struct ci_time later = ci_time_add(noon, ci_seconds(21));
    struct poller_claim slow, other;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    (void)state;
    add_pollers();
    assert_true(claim(&both, noon, mem, &slow));
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_poller_renew(&tx, (struct ci_strs){&slow.name, 1},
                                 (struct ci_i64s){&slow.claim, 1},
                                 ci_time_add(later, ci_seconds(9)), &err),
              err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_true(claim(&both, later, mem, &other));
    assert_string_equal("two", other.name);
    assert_false(claim(&both, later, mem, &other));
    assert_true(finish(&slow, "/r/1", later, NULL));
}

static void claim__given_back_is_free_at_once(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim first, again;
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    (void)state;
    add_pollers();
    assert_true(claim(&both, noon, mem, &first));
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_poller_release(&tx, &first, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_true(claim(&both, noon, mem, &again));
    assert_string_equal("one", again.name);
    assert_true(again.claim > first.claim);
}

/* A replica whose configuration is older or newer than the table leaves alone what differs. */
static void claim__goes_by_our_configuration(void **state)
{
    static const char *const moved[] = {"/r/other"};
    const struct poller_scope old = {
        {names,     1},
        {moved,     1},
        {intervals, 1}
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim out;

    (void)state;
    add_pollers();
    assert_false(claim(&old, noon, mem, &out));
    assert_true(claim(&both, noon, mem, &out));
    db_test_sql(db_test.db, "UPDATE pollers SET repository = '/r/other' WHERE name = 'one'");
    assert_false(finish(&out, "/r/1", noon, NULL)); /* looked at what it is no more */
    assert_int_equal(0, db_test_number(db_test.db, "SELECT count(*) AS n FROM pollers "
                                                   "WHERE initialized"));
    db_test_sql(db_test.db, "UPDATE pollers SET active = false");
    assert_false(claim(&both, ci_time_add(noon, ci_seconds(600)), mem, &out));
    assert_int_equal(0, next_due(&both, noon));
}

static void claim__takes_a_shorter_interval_up_at_once(void **state)
{
    static const int64_t shorter[] = {5000000, 5000000};
    const struct poller_scope changed = {
        both.names, both.repositories, {shorter, 2}
    };
    struct ci_time soon = ci_time_add(noon, ci_seconds(5));
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim out;

    (void)state;
    add_pollers();
    assert_true(claim(&both, noon, mem, &out) && finish(&out, "/r/1", noon, NULL));
    assert_true(claim(&both, noon, mem, &out) && finish(&out, "/r/2", noon, NULL));
    assert_false(claim(&both, soon, mem, &out));
    assert_int_equal(5000000, next_due(&changed, noon));
    assert_true(claim(&changed, soon, mem, &out));
}

static int64_t poke(const char *name, struct ci_time now, struct ci_dur gap)
{
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};
    int64_t found = 0;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_poller_poke(&tx, (struct ci_strs){&name, 1}, now, gap, &found, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return found;
}

static void poke__makes_due_what_rests_and_what_is_at_work(void **state)
{
    struct ci_time soon = ci_time_add(noon, ci_seconds(2));
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim out;

    (void)state;
    add_pollers();
    assert_true(claim(&both, noon, mem, &out) && finish(&out, "/r/1", noon, NULL));
    assert_true(claim(&both, noon, mem, &out) && finish(&out, "/r/2", noon, NULL));
    assert_int_equal(0, poke("three", soon, (struct ci_dur){0}));
    assert_false(claim(&both, soon, mem, &out));
    assert_int_equal(1, poke("two", soon, (struct ci_dur){0}));
    assert_true(claim(&both, soon, mem, &out));
    assert_string_equal("two", out.name);
    /* At work: it may have looked before what the poke is about. */
    assert_int_equal(1, poke("two", soon, (struct ci_dur){0}));
    assert_true(finish(&out, "/r/2", soon, NULL));
    assert_true(claim(&both, soon, mem, &out));
    assert_true(finish(&out, "/r/2", soon, NULL));
    assert_false(claim(&both, soon, mem, &out));
}

static void poke__with_a_gap_waits_for_it(void **state)
{
    struct ci_time soon = ci_time_add(noon, ci_seconds(2));
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim out;

    (void)state;
    add_pollers();
    assert_true(claim(&both, noon, mem, &out) && finish(&out, "/r/1", noon, NULL));
    assert_true(claim(&both, noon, mem, &out) && finish(&out, "/r/2", noon, NULL));
    poke("two", soon, ci_seconds(10));
    assert_false(claim(&both, soon, mem, &out));
    assert_int_equal(8000000, next_due(&both, soon));
    poke("two", soon, ci_seconds(600)); /* never later than it was */
    assert_int_equal(8000000, next_due(&both, soon));
    assert_true(claim(&both, ci_time_add(noon, ci_seconds(10)), mem, &out));
}

static void rate_limit__holds_against_pokes(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct poller_claim out;

    (void)state;
    add_pollers();
    db_test_sql(db_test.db, "DELETE FROM pollers WHERE name = 'two'");
    db_test_sql(db_test.db, "UPDATE pollers SET not_before = '2026-01-01 12:05+00'");
    poke("one", noon, (struct ci_dur){0});
    assert_false(claim(&both, noon, mem, &out));
    assert_int_equal(300000000, next_due(&both, noon));
    assert_true(claim(&both, ci_time_add(noon, ci_seconds(300)), mem, &out));
}

struct claimer {
    pthread_t thread;
    size_t claimed;
};

static void *claim_all(void *arg)
{
    struct claimer *claimer = arg;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *list[POLLERS], *paths[POLLERS];
    int64_t every[POLLERS];
    const struct poller_scope all = {
        {list,  POLLERS},
        {paths, POLLERS},
        {every, POLLERS}
    };
    struct poller_claim out;

    for (int i = 0; i < POLLERS; i++) {
        list[i] = paths[i] = ci_mem_printf(mem, "p%d", i);
        every[i] = 60000000;
    }
    while (claim(&all, noon, mem, &out))
        claimer->claimed++;
    return NULL;
}

static void claim__is_once_from_many_threads(void **state)
{
    struct claimer claimers[4] = {0};
    size_t claimed = 0;

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO pollers (name, repository, due_at) SELECT 'p' || i, "
                            "'p' || i, '2026-01-01' FROM generate_series(0, 19) AS i");
    for (size_t i = 0; i < CI_COUNT(claimers); i++)
        assert_int_equal(0, pthread_create(&claimers[i].thread, NULL, claim_all, &claimers[i]));
    for (size_t i = 0; i < CI_COUNT(claimers); i++) {
        pthread_join(claimers[i].thread, NULL);
        claimed += claimers[i].claimed;
    }
    assert_int_equal(POLLERS, claimed);
    assert_int_equal(POLLERS,
                     db_test_number(db_test.db, "SELECT sum(claim)::bigint AS n FROM pollers"));
}

static size_t count_refs(void *mem, const char **first_revision)
{
    struct ci_list refs = {0};
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(store_poller_refs(&tx, "one", mem, &refs, &err), err);
    *first_revision = refs.count ? ((const struct poller_ref *)refs.items)->revision : NULL;
    return refs.count;
}

static void set_tips(const char *const *branches, const char *const *revisions, size_t count)
{
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_poller_tips(&tx, "one", (struct ci_strs){branches, count},
                                (struct ci_strs){revisions, count}, &err),
              err);
    assert_ok(ci_tx_commit(&tx, &err), err);
}

static void tips__are_replaced_whole(void **state)
{
    static const char *const branches[] = {"a", "b", "c"}, *const old[] = {"1", "2", "3"},
                             *const moved[] = {"7", "2"};
    CI_AUTO_MEM mem = ci_mem_new();
    const char *first;

    (void)state;
    add_pollers();
    set_tips(branches, old, 3);
    assert_int_equal(3, count_refs(mem, &first));
    set_tips(branches, moved, 2);
    assert_int_equal(2, count_refs(mem, &first));
    assert_string_equal("7", first);
    set_tips(branches, moved, 0);
    assert_int_equal(0, count_refs(mem, &first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(claim__is_never_the_same_for_two, clean),
        cmocka_unit_test_setup(claim__that_ran_out_is_fenced, clean),
        cmocka_unit_test_setup(claim__that_is_renewed_does_not_run_out, clean),
        cmocka_unit_test_setup(claim__given_back_is_free_at_once, clean),
        cmocka_unit_test_setup(claim__goes_by_our_configuration, clean),
        cmocka_unit_test_setup(claim__takes_a_shorter_interval_up_at_once, clean),
        cmocka_unit_test_setup(claim__is_once_from_many_threads, clean),
        cmocka_unit_test_setup(poke__makes_due_what_rests_and_what_is_at_work, clean),
        cmocka_unit_test_setup(poke__with_a_gap_waits_for_it, clean),
        cmocka_unit_test_setup(rate_limit__holds_against_pokes, clean),
        cmocka_unit_test_setup(tips__are_replaced_whole, clean),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

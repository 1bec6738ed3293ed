/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of changes against the migrated schema. */
#include "changes_sql.h"
#include "db_test.h"
#include "store.h"

#include <pthread.h>

enum { THREADS = 8, COMMITS = 20 };

static const struct ci_time noon = {INT64_C(1767268800) * 1000000};

static struct new_change commit_of(const char *branch, const char *revision)
{
    return (struct new_change){
        .author = "Ada <ada@example.org>",
        .comments = "A message",
        .revision = revision,
        .branch = branch,
        .repository = "https://git.example.org/app.git",
        .project = "app",
        .when = noon,
    };
}

/* Adds in a transaction of its own; NULL when the change was known. */
static struct ci_change *add(const struct new_change *change, void *mem)
{
    struct ci_change *out = NULL;
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_change_add(&tx, change, "test", mem, &out, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return out;
}

static int clean(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "TRUNCATE changes, sourcestamps, pollers CASCADE");
    return 0;
}

static void sql__statements_fit_the_schema(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_check(db_test.db, changes_sql_all, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_change_add, &ci_change_record, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_poller_claim, &poller_claim_record, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_poller_next, &poller_due_record, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_poller_refs, &poller_ref_record, &err), err);
}

static void change_add__returns_the_resource_and_fills_the_inbox(void **state)
{
    static const char *const files[] = {"src/a.c", "b c"};
    struct new_change change = commit_of("main", "r1");
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_change *out;

    (void)state;
    change.files = (struct ci_strs){files, 2};
    change.committer = "Bob <bob@example.org>";
    change.category = "push";
    change.revlink = "https://example.org/r1";
    change.properties = ci_mem_json(mem, json_pack("{s:[i,s]}", "n", 1, "Change"));
    out = add(&change, mem);
    assert_non_null(out);
    assert_int_equal(0, out->parent_changeids.count);
    assert_string_equal("Ada <ada@example.org>", out->author);
    assert_string_equal("Bob <bob@example.org>", out->committer);
    assert_int_equal(2, out->files.count);
    assert_string_equal("b c", out->files.items[1]);
    assert_int_equal(noon.us, out->when_timestamp.us);
    assert_string_equal("push", out->category);
    assert_string_equal("", out->codebase);
    assert_int_equal(1,
                     json_integer_value(json_array_get(json_object_get(out->properties, "n"), 0)));
    assert_string_equal("r1", json_string_value(json_object_get(out->sourcestamp, "revision")));
    assert_true(json_is_null(json_object_get(out->sourcestamp, "patch")));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM change_inbox"));
}

static void change_add__knows_what_is_the_same(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct new_change change = commit_of("main", "r1");

    (void)state;
    assert_non_null(add(&change, mem));
    change.author = "Somebody else";
    change.project = "other";
    assert_null(add(&change, mem));
    change.branch = "release";
    assert_non_null(add(&change, mem));
    change.branch = NULL;
    assert_non_null(add(&change, mem));
    assert_null(add(&change, mem));
    change.revision = NULL; /* nothing to know it by */
    assert_non_null(add(&change, mem));
    assert_non_null(add(&change, mem));
    assert_int_equal(5, db_test_number(db_test.db, "SELECT count(*) AS n FROM change_inbox"));
}

static void change_add__finds_the_parent_in_branch_and_project(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct new_change first = commit_of("main", "r1"), second = commit_of("main", "r2"),
                      elsewhere = commit_of("release", "r3"), none = commit_of(NULL, "r4"),
                      none_after = commit_of(NULL, "r5"), project = commit_of("main", "r6");
    const struct ci_change *parent, *child;

    (void)state;
    parent = add(&first, mem);
    child = add(&second, mem);
    assert_int_equal(1, child->parent_changeids.count);
    assert_int_equal(parent->changeid, child->parent_changeids.items[0]);
    assert_int_equal(0, add(&elsewhere, mem)->parent_changeids.count);
    parent = add(&none, mem);
    assert_int_equal(0, parent->parent_changeids.count);
    assert_int_equal(parent->changeid, add(&none_after, mem)->parent_changeids.items[0]);
    project.project = "another";
    assert_int_equal(0, add(&project, mem)->parent_changeids.count);
}

struct adder {
    pthread_t thread;
    bool backwards;
    size_t new_ones;
};

/* Adds all commits in one transaction, some threads in the other order. */
static void *add_all(void *arg)
{
    struct adder *adder = arg;
    CI_AUTO_MEM mem = ci_mem_new();
    struct new_change changes[COMMITS];
    struct ci_err err = {.code = CI_ECONFLICT};
    struct added added = {0};
    bool done = false;

    for (int i = 0; i < COMMITS; i++)
        changes[adder->backwards ? COMMITS - 1 - i : i] =
            commit_of("main", ci_mem_printf(mem, "%040d", i));
    while (!done && err.code == CI_ECONFLICT) {
        CI_AUTO_TX tx = {0};

        done = ci_tx_begin(db_test.db, &tx, &err) &&
               store_changes_add(&tx, changes, COMMITS, "test", mem, &added, &err) &&
               ci_tx_commit(&tx, &err);
    }
    adder->new_ones = done ? added.count : 1000000;
    return NULL;
}

static void change_add__is_once_from_many_threads(void **state)
{
    struct adder adders[THREADS] = {0};
    size_t new_ones = 0;

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        adders[i].backwards = i == 0;
        assert_int_equal(0, pthread_create(&adders[i].thread, NULL, add_all, &adders[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(adders[i].thread, NULL);
        new_ones += adders[i].new_ones;
    }
    assert_int_equal(COMMITS, new_ones);
    assert_int_equal(COMMITS, db_test_number(db_test.db, "SELECT count(*) AS n FROM changes"));
    assert_int_equal(COMMITS, db_test_number(db_test.db, "SELECT count(*) AS n FROM change_inbox"));
}

/* ---- pollers ---- */

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
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};
    bool held = false;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_poller_done(&tx, mine, repository, now, ci_time_add(now, ci_seconds(60)), error,
                                &held, &err),
              err);
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

struct claimer {
    pthread_t thread;
    size_t claimed;
};

static void *claim_all(void *arg)
{
    struct claimer *claimer = arg;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *list[COMMITS], *paths[COMMITS];
    int64_t every[COMMITS];
    const struct poller_scope all = {
        {list,  COMMITS},
        {paths, COMMITS},
        {every, COMMITS}
    };
    struct poller_claim out;

    for (int i = 0; i < COMMITS; i++) {
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
    assert_int_equal(COMMITS, claimed);
    assert_int_equal(COMMITS,
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
        cmocka_unit_test(sql__statements_fit_the_schema),
        cmocka_unit_test_setup(change_add__returns_the_resource_and_fills_the_inbox, clean),
        cmocka_unit_test_setup(change_add__knows_what_is_the_same, clean),
        cmocka_unit_test_setup(change_add__finds_the_parent_in_branch_and_project, clean),
        cmocka_unit_test_setup(change_add__is_once_from_many_threads, clean),
        cmocka_unit_test_setup(claim__is_never_the_same_for_two, clean),
        cmocka_unit_test_setup(claim__that_ran_out_is_fenced, clean),
        cmocka_unit_test_setup(claim__that_is_renewed_does_not_run_out, clean),
        cmocka_unit_test_setup(claim__given_back_is_free_at_once, clean),
        cmocka_unit_test_setup(claim__goes_by_our_configuration, clean),
        cmocka_unit_test_setup(claim__takes_a_shorter_interval_up_at_once, clean),
        cmocka_unit_test_setup(claim__is_once_from_many_threads, clean),
        cmocka_unit_test_setup(tips__are_replaced_whole, clean),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

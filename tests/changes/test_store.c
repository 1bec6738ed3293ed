/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of changes against the migrated schema: changes. */
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
    db_test_sql(db_test.db, "TRUNCATE changes, sourcestamps CASCADE");
    return 0;
}

static void sql__statements_fit_the_schema(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_check(db_test.db, changes_sql_all, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_change_add, &ci_change_record, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_commit_add, &ci_commit_row_record, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_branch_move, &ci_branch_row_record, &err), err);
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

static struct added add_many(const struct new_change *changes, size_t count, void *mem)
{
    struct added added;
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(store_changes_add(&tx, changes, count, "test", mem, &added, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return added;
}

static void changes_add__keeps_commits_of_known_codebases(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct new_change changes[] = {commit_of("main", "k1"), commit_of("main", "k2"),
                                   commit_of("topic", "k2"), commit_of("main", "k3")};
    struct ci_commit_row *const *commits;
    struct added added;

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO projects (name, slug) VALUES ('app', 'app')");
    db_test_sql(db_test.db, "INSERT INTO codebases (projectid, name, slug) "
                            "SELECT projectid, 'lib', 'lib' FROM projects");
    for (size_t i = 0; i < 3; i++)
        changes[i].codebase = "lib";
    added = add_many(changes, CI_COUNT(changes), mem);
    assert_int_equal(4, added.count);
    /* k2 of another branch is the same commit, and k3's codebase is none. */
    assert_int_equal(2, added.commits.commits.count);
    assert_int_equal(3, added.commits.branches.count);
    commits = added.commits.commits.items;
    assert_false(commits[0]->parent_commitid.set);
    assert_int_equal(commits[0]->commitid, commits[1]->parent_commitid.value);
    assert_int_equal(2,
                     db_test_number(db_test.db, "SELECT count(*) AS n FROM branches JOIN commits "
                                                "USING (commitid) WHERE revision = 'k2'"));
    db_test_sql(db_test.db, "TRUNCATE projects CASCADE");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql__statements_fit_the_schema),
        cmocka_unit_test_setup(change_add__returns_the_resource_and_fills_the_inbox, clean),
        cmocka_unit_test_setup(change_add__knows_what_is_the_same, clean),
        cmocka_unit_test_setup(change_add__finds_the_parent_in_branch_and_project, clean),
        cmocka_unit_test_setup(changes_add__keeps_commits_of_known_codebases, clean),
        cmocka_unit_test_setup(change_add__is_once_from_many_threads, clean),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

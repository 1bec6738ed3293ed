/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of the configuration: apply, load, and the cache of a process. */
#include "db_test.h"
#include "shared/config.h"

#include <pthread.h>

static const char one[] =
    "change_sources: [{type: git_poller, repository: r1, name: p}]\n"
    "schedulers: [{type: any_branch, name: s, builders: a}, {type: force, name: f, builders: a}]\n"
    "builders: [{name: a, tags: [x, y], description: first, steps: [{run: make}]},\n"
    "           {name: b, steps: [{run: make}]}]\n"
    "workers: [{name: w, password: p, max_builds: 2, labels: {os: linux, arch: arm}}]\n";

static const char two[] =
    "change_sources: [{type: git_poller, repository: r2, name: p}]\n"
    "schedulers: [{type: single_branch, branch: main, name: s, builders: a}]\n"
    "builders: [{name: a, tags: [x], steps: [{run: make}]}, {name: c, steps: [{run: make}]}]\n"
    "workers: [{name: w, password: p, labels: {os: bsd}}]\n";

static int reset(void **state)
{
    (void)state;
    db_test_sql(db_test.db,
                "TRUNCATE config_current, config_versions, builders, schedulers, workers, pollers, "
                "changesources, projects, codebases "
                "RESTART IDENTITY CASCADE");
    return 0;
}

static int64_t apply(const char *yaml)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    struct ci_err err;
    int64_t version;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_config_apply(&tx, yaml, "tester", "why", mem, &version, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return version;
}

static int64_t number(const char *text)
{
    return db_test_number(db_test.db, text);
}

static void apply__writes_what_the_file_names(void **state)
{
    (void)state;
    assert_int_equal(1, apply(one));
    assert_int_equal(1, number("SELECT count(*) AS n FROM builders WHERE name = 'a' AND active AND "
                               "tags = '{x,y}' AND description = 'first' AND project = '' AND "
                               "description_html IS NULL"));
    assert_int_equal(2, number("SELECT count(*) AS n FROM schedulers WHERE active AND enabled"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM workers WHERE active AND max_builds = 2 "
                               "AND password_hash IS NULL AND labels = '{\"os\": \"linux\", "
                               "\"arch\": \"arm\"}' AND properties = '{}'"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM pollers WHERE active AND due_at <= now() "
                               "AND NOT initialized AND repository = 'r1'"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM config_versions WHERE applied_by = "
                               "'tester' AND comment = 'why'"));
}

static void apply__keeps_ids_and_retires_what_left(void **state)
{
    (void)state;
    (void)apply(one);
    db_test_sql(db_test.db, "UPDATE pollers SET initialized = true, due_at = now() + '1 day'");
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false WHERE name = 's'");
    /* Somebody enrolled without being named. */
    db_test_sql(db_test.db, "INSERT INTO workers (name, enrolled) VALUES ('guest', true)");
    assert_int_equal(2, apply(two));
    assert_int_equal(1, number("SELECT builderid AS n FROM builders WHERE name = 'a' AND active "
                               "AND tags = '{x}' AND description IS NULL"));
    assert_int_equal(2, number("SELECT builderid AS n FROM builders WHERE name = 'b' AND NOT "
                               "active"));
    assert_int_equal(1, number("SELECT schedulerid AS n FROM schedulers WHERE name = 's' AND "
                               "active AND NOT enabled AND type = 'single_branch'"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM schedulers WHERE name = 'f' AND NOT "
                               "active"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM workers WHERE name = 'w' AND active AND "
                               "max_builds = 0 AND labels = '{\"os\": \"bsd\"}'"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM workers WHERE name = 'guest' AND "
                               "active"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM pollers WHERE repository = 'r2' AND "
                               "due_at <= now() AND NOT initialized"));
    assert_int_equal(3, apply("{}"));
    assert_int_equal(0, number("SELECT (SELECT count(*) FROM builders WHERE active) + (SELECT "
                               "count(*) FROM pollers WHERE active) AS n"));
    assert_int_equal(4, apply(one));
    assert_int_equal(2, number("SELECT builderid AS n FROM builders WHERE name = 'b' AND active"));
}

static const char projects[] =
    "web_hooks: {base: {}}\n"
    "change_sources: [{type: git_poller, repository: r1, name: p, project: app, codebase: lib}]\n"
    "projects: [{name: 1st shop, description: '**all**', description_format: markdown, codebases: "
    "[a b]}]\n"
    "builders: [{name: a, project: 1st shop, steps: [{run: make}]},\n"
    "           {name: b, project: other, description: '<b>_x_</b>', description_format: markdown, "
    "steps: [{run: make}]}]\n";

static void apply__makes_projects_and_codebases(void **state)
{
    (void)state;
    (void)apply(projects);
    assert_int_equal(3, number("SELECT count(*) AS n FROM projects WHERE changed_by = 1"));
    assert_int_equal(
        1, number("SELECT count(*) AS n FROM projects WHERE name = '1st shop' AND slug "
                  "= '_1st_shop' AND description_html = E'<p><strong>all</strong></p>\\n'"));
    assert_int_equal(1,
                     number("SELECT count(*) AS n FROM builders JOIN projects p USING (projectid) "
                            "WHERE builders.name = 'a' AND p.name = '1st shop'"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM builders WHERE name = 'b' AND "
                               "description_html NOT LIKE '%<b>%' AND description_html LIKE "
                               "'%<em>x</em>%'"));
    assert_int_equal(2,
                     number("SELECT count(*) AS n FROM codebases JOIN projects p USING (projectid) "
                            "WHERE (p.name, codebases.name, codebases.slug) IN "
                            "(('1st shop', 'a b', 'a_b'), ('app', 'lib', 'lib'))"));
    assert_int_equal(2, number("SELECT count(*) AS n FROM changesources WHERE active"));
    /* What leaves the file stays, as builds and commits point at it. */
    (void)apply(one);
    assert_int_equal(3, number("SELECT count(*) AS n FROM projects WHERE changed_by = 1"));
    assert_int_equal(1,
                     number("SELECT count(*) AS n FROM builders WHERE name = 'a' AND projectid IS "
                            "NULL"));
    assert_int_equal(1, number("SELECT count(*) AS n FROM changesources WHERE active"));
}

static void apply__of_the_same_text_is_no_version(void **state)
{
    (void)state;
    assert_int_equal(1, apply(one));
    assert_int_equal(1, apply(one));
    assert_int_equal(1, number("SELECT count(*) AS n FROM config_versions"));
}

static void apply__leaves_settled_rows_alone(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    int64_t before;

    (void)state;
    (void)apply(one);
    before = number("SELECT xmin::text::bigint AS n FROM pollers");
    (void)apply(ci_mem_printf(mem, "%stitle: T\n", one));
    assert_int_equal(before, number("SELECT xmin::text::bigint AS n FROM pollers"));
}

static void apply__refuses_a_broken_file(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    int64_t version;
    struct ci_err err;

    (void)state;
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_false(ci_config_apply(&tx, "titel: a\nurl: b\n", "x", "", mem, &version, &err));
    assert_int_equal(CI_EINVALID, err.code);
    assert_string_equal("line 1, column 1: titel: unrecognized key (did you mean \"title\"?) (and "
                        "1 more)",
                        err.msg);
}

static void load__gives_a_version(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    struct ci_config *config;
    int64_t version;
    struct ci_err err;

    (void)state;
    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(ci_config_current_version(&tx, &version, &err), err);
    assert_int_equal(0, version);
    assert_ok(ci_config_load(&tx, 0, mem, &config, &err), err);
    assert_int_equal(0, config->builders.count);
    (void)apply(one);
    (void)apply(two);
    assert_ok(ci_config_current_version(&tx, &version, &err), err);
    assert_int_equal(2, version);
    assert_ok(ci_config_load(&tx, 1, mem, &config, &err), err);
    assert_int_equal(1, config->version);
    assert_non_null(ci_config_builder(config, "b"));
    assert_false(ci_config_load(&tx, 9, mem, &config, &err));
    assert_int_equal(CI_ENOTFOUND, err.code);
}

static void cache__keeps_what_is_held(void **state)
{
    struct ci_config_cache *cache = ci_config_cache_new(db_test.db);
    const struct ci_config *first, *second, *again;
    struct ci_err err;
    bool changed;

    (void)state;
    first = ci_config_get(cache);
    assert_int_equal(0, first->version);
    ci_config_put(first);
    assert_ok(ci_config_cache_refresh(cache, &changed, &err), err);
    assert_false(changed);

    (void)apply(one);
    assert_ok(ci_config_cache_refresh(cache, &changed, &err), err);
    assert_true(changed);
    first = ci_config_get(cache);
    assert_int_equal(1, first->version);
    (void)apply(two);
    assert_ok(ci_config_cache_refresh(cache, NULL, &err), err);
    second = ci_config_get(cache);
    assert_int_equal(2, second->version);
    assert_non_null(ci_config_builder(first, "b"));
    assert_ok(ci_config_get_version(cache, 1, &again, &err), err);
    assert_ptr_equal(first, again);
    ci_config_put(first);
    ci_config_put(again);
    assert_ok(ci_config_get_version(cache, 1, &again, &err), err);
    assert_non_null(ci_config_builder(again, "b"));
    ci_config_put(again);
    ci_config_put(second);
    ci_config_put(NULL);
    assert_false(ci_config_get_version(cache, 7, &again, &err));
    ci_config_cache_free(cache);
}

/* A version that this program does not understand is an error, and the old one stays in force. */
static void cache__stays_with_what_it_understands(void **state)
{
    struct ci_config_cache *cache = ci_config_cache_new(db_test.db);
    const struct ci_config *config;
    struct ci_err err;

    (void)state;
    (void)apply(one);
    assert_ok(ci_config_cache_refresh(cache, NULL, &err), err);
    db_test_sql(db_test.db, "INSERT INTO config_versions (applied_by, yaml) VALUES ('x', "
                            "'future: 1')");
    db_test_sql(db_test.db, "UPDATE config_current SET version = 2");
    assert_false(ci_config_cache_refresh(cache, NULL, &err));
    assert_int_equal(CI_EINVALID, err.code);
    config = ci_config_get(cache);
    assert_int_equal(1, config->version);
    ci_config_put(config);
    ci_config_cache_free(cache);
}

enum { THREADS = 4, ROUNDS = 50 };

struct readers {
    struct ci_config_cache *cache;
    int failed; /* atomic */
};

static void *read_and_refresh(void *user)
{
    struct readers *readers = user;

    for (int i = 0; i < ROUNDS; i++) {
        CI_AUTO_CONFIG config = ci_config_get(readers->cache);
        CI_AUTO_CONFIG old = NULL;
        struct ci_err err;

        if (!ci_config_get_version(readers->cache, 1 + i % 2, &old, &err) ||
            old->version != 1 + i % 2 || !ci_config_builder(config, "a") ||
            !ci_config_cache_refresh(readers->cache, NULL, &err))
            __atomic_add_fetch(&readers->failed, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void cache__serves_many_threads(void **state)
{
    struct readers readers = {.cache = ci_config_cache_new(db_test.db)};
    pthread_t threads[THREADS];
    struct ci_err err;

    (void)state;
    (void)apply(one);
    assert_ok(ci_config_cache_refresh(readers.cache, NULL, &err), err);
    (void)apply(two);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, read_and_refresh, &readers));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_join(threads[i], NULL));
    assert_int_equal(0, readers.failed);
    ci_config_cache_free(readers.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(apply__writes_what_the_file_names, reset),
        cmocka_unit_test_setup(apply__keeps_ids_and_retires_what_left, reset),
        cmocka_unit_test_setup(apply__makes_projects_and_codebases, reset),
        cmocka_unit_test_setup(apply__of_the_same_text_is_no_version, reset),
        cmocka_unit_test_setup(apply__leaves_settled_rows_alone, reset),
        cmocka_unit_test_setup(apply__refuses_a_broken_file, reset),
        cmocka_unit_test_setup(load__gives_a_version, reset),
        cmocka_unit_test_setup(cache__keeps_what_is_held, reset),
        cmocka_unit_test_setup(cache__serves_many_threads, reset),
        cmocka_unit_test_setup(cache__stays_with_what_it_understands, reset),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

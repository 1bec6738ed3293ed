/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The changes service without its threads, polling a repository that a test
 * makes with git in a folder of its own. Works on db_test's database.
 */
#pragma once

#include "db_test.h"
#include "loops.h"
#include "settings.h"
#include "shared/proc.h"
#include "shared/service.h"

static const struct ci_time noon = {INT64_C(1767614400) * 1000000};
static char folder[] = "/tmp/slipway-poll.XXXXXX";
static struct settings settings;
static struct ci_app app;
static struct ci_time now; /* goes on with each poll */

/* Runs a shell script in the folder; git there knows nobody's configuration. */
static inline void sh(const char *script)
{
    static const char *const env[] = {"GIT_CONFIG_GLOBAL=/dev/null",
                                      "GIT_CONFIG_NOSYSTEM=1",
                                      "GIT_AUTHOR_NAME=Ada",
                                      "GIT_AUTHOR_EMAIL=ada@x",
                                      "GIT_COMMITTER_NAME=Bob",
                                      "GIT_COMMITTER_EMAIL=bob@x",
                                      "GIT_COMMITTER_DATE=1767268800 +0200",
                                      NULL};
    const char *const argv[] = {"sh", "-eu", "-c", script, NULL};
    const struct ci_proc proc = {
        .argv = argv, .env = env, .dir = folder, .timeout = ci_seconds(60)};
    struct ci_proc_result result = {0};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};

    assert_ok(ci_proc_run(&proc, mem, &result, &err), err);
    if (result.exit_code != 0)
        fail_msg("%s: %s", script, result.err_text);
}

static inline int open_all(void **state)
{
    struct ci_err err = {0};

    if (!mkdtemp(folder) || db_test_open(state) != 0)
        return -1;
    ci_log_setup("test", CI_ERROR + 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    settings.state_dir = talloc_asprintf(NULL, "%s/state/deep", folder);
    app = (struct ci_app){.db = db_test.db, .settings = &settings, .common = &settings.common};
    assert_ok(ci_bus_open(NULL, "test", &app.bus, &err), err);
    return 0;
}

static inline int close_all(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *const argv[] = {"rm", "-rf", folder, NULL};
    const struct ci_proc proc = {.argv = argv, .timeout = ci_seconds(60)};
    struct ci_proc_result result;
    struct ci_err err;

    if (!ci_proc_run(&proc, mem, &result, &err))
        fprintf(stderr, "could not remove %s: %s\n", folder, err.msg);
    ci_config_cache_free(app.config);
    ci_bus_close(app.bus);
    talloc_free((void *)(uintptr_t)settings.state_dir);
    return db_test_close(state);
}

static inline void begin_with(const char *yaml)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};
    int64_t version;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_config_apply(&tx, yaml, "test", "", mem, &version, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_ok(ci_config_cache_refresh(app.config, NULL, &err), err);
}

/* One repository with the branch main and one commit, polled by `options`; nothing is known yet. */
static inline void begin(const char *options)
{
    CI_AUTO_MEM mem = ci_mem_new();

    begin_with(ci_mem_printf(mem,
                             "change_sources:\n  - {type: git_poller, name: p, repository: %s/r, "
                             "poll_interval: 60s, project: app%s%s}\n",
                             folder, *options ? ", " : "", options));
}

static inline int clean(void **state)
{
    struct ci_err err = {0};

    (void)state;
    db_test_sql(db_test.db, "TRUNCATE changes, sourcestamps, pollers, config_current, deliveries "
                            "CASCADE");
    ci_config_cache_free(app.config);
    app.config = ci_config_cache_new(db_test.db);
    now = noon;
    sh("rm -rf r state w; git init -q -b main r; cd r; echo 1 > a; git add a; git commit -qm first");
    assert_ok(poll_start(&app, &err), err);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    poll_stop(&app);
    return 0;
}

/* All pollers that are due, a minute after the last time. */
static inline void poll(void)
{
    struct ci_err err = {0};
    bool again = true;

    now = ci_time_add(now, ci_seconds(60));
    db_test_sql(db_test.db, "UPDATE pollers SET due_at = '2026-01-01'");
    while (again) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_tick tick = {.mem = mem, .now = now};

        assert_ok(tick_poll(&app, &tick, &err), err);
        again = tick.again;
    }
}

static inline int64_t count(const char *what)
{
    CI_AUTO_MEM mem = ci_mem_new();

    return db_test_number(db_test.db, ci_mem_printf(mem, "SELECT count(*) AS n FROM %s", what));
}

/* The first lines of the messages of all changes, oldest first, as "branch:title ...". */
static inline void assert_changes(const char *expected)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *text =
        ci_mem_printf(mem,
                      "(SELECT string_agg(branch || ':' || split_part(comments, E'\\n', 1), ' ' "
                      "ORDER BY changeid) AS t FROM changes) AS x WHERE coalesce(t, '') = '%s'",
                      expected);

    if (count(text) != 1)
        fail_msg("changes are not \"%s\" but %s: see the database", expected,
                 count("changes") ? "others" : "none");
}

static inline void assert_well(void)
{
    assert_int_equal(1, count("pollers WHERE initialized AND last_error IS NULL AND failures = 0 "
                              "AND claimed_until IS NULL"));
}

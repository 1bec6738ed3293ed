/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slipway up --demo: a small real git repository, a configuration that polls
 * it, and a good commit followed by a breaking one.
 */
#include "demo_project.h"
#include "shared/proc.h"
#include "shared/result.h"
#include "state.h"
#include "up.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct ci_dur build_limit = {300 * INT64_C(1000000)};

static const char *demo_path(struct up *up, const char *name)
{
    return ci_mem_printf(up->mem, "%s/demo/%s", up->state, name);
}

/* Runs git in the demo's working copy; the user's own git configuration stays out of it. */
static bool git(struct up *up, const char *const *words, struct ci_err *err)
{
    static const char *const env[] = {
        "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_CONFIG_SYSTEM=/dev/null",
        "GIT_AUTHOR_NAME=Ada Lovelace",
        "GIT_AUTHOR_EMAIL=ada@example.org",
        "GIT_COMMITTER_NAME=Ada Lovelace",
        "GIT_COMMITTER_EMAIL=ada@example.org",
        NULL,
    };
    const char *argv[16] = {"git", "-C", demo_path(up, "hello")};
    struct ci_proc_result result;
    size_t n = 3;

    while (*words && n < CI_COUNT(argv) - 1)
        argv[n++] = *words++;
    if (!ci_proc_run(&(struct ci_proc){.argv = argv, .env = env, .timeout = ci_seconds(60)},
                     up->mem, &result, err))
        return ci_fail_in(err, "the demo's git");
    return result.exit_code == 0 ||
           ci_fail(err, CI_EUNAVAILABLE, "the demo's git %s: %s", argv[3], result.err_text);
}

#define GIT(up, err, ...) git((up), (const char *const[]){__VA_ARGS__, NULL}, (err))

static bool write_files(struct up *up, const struct demo_file *files, struct ci_err *err)
{
    for (; files->name; files++)
        if (!state_write(ci_mem_printf(up->mem, "%s/%s", demo_path(up, "hello"), files->name),
                         files->text, 0644, err))
            return false;
    return true;
}

static bool commit(struct up *up, const struct demo_file *files, const char *message,
                   struct ci_err *err)
{
    return write_files(up, files, err) && GIT(up, err, "add", "-A") &&
           GIT(up, err, "commit", "-q", "-m", message) &&
           GIT(up, err, "push", "-q", "origin", "main");
}

static bool make_repository(struct up *up, struct ci_err *err)
{
    return state_make_dir(demo_path(up, "hello"), 0755, err) &&
           GIT(up, err, "init", "-q", "--bare", "-b", "main", demo_path(up, "hello.git")) &&
           GIT(up, err, "init", "-q", "-b", "main") &&
           GIT(up, err, "remote", "add", "origin", demo_path(up, "hello.git")) &&
           commit(up, demo_start, "Start the project", err);
}

/* A YAML scalar, whatever stands in a folder's name. */
static const char *quoted(void *mem, const char *text)
{
    char *out = ci_mem_strdup(mem, "'");

    for (; *text; text++)
        out = ci_mem_printf(mem, "%s%s%c", out, *text == '\'' ? "'" : "", *text);
    return ci_mem_printf(mem, "%s'", out);
}

bool demo_prepare(struct up *up, const char **config, struct ci_err *err)
{
    const char *yaml;

    *config = demo_path(up, "slipway.yaml");
    if (access(*config, F_OK) == 0)
        return true;
    if (!make_repository(up, err))
        return false;
    yaml = ci_mem_printf(up->mem, demo_yaml, quoted(up->mem, up->web_url),
                         quoted(up->mem, demo_path(up, "hello.git")),
                         quoted(up->mem, demo_path(up, "mail")));
    return state_write(*config, yaml, 0644, err);
}

/* How many builds are over; one that lost its worker (RETRY) is built again and does not count. */
static bool builds_over(struct up *up, size_t wanted, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct api_settings settings = {.url = up->web_url, .token = up->admin_token};
    AUTO_API api = {0};
    json_t *builds, *build;
    size_t i, count = 0;

    if (!api_open(&settings, mem, &api, err) ||
        !api_list(&api, "builds?complete=true", "builds", &builds, err))
        return false;
    json_array_foreach(builds, i, build)
        count += json_number(build, "results", CI_RETRY) != CI_RETRY;
    return count >= wanted ||
           ci_fail(err, CI_EUNAVAILABLE, "%zu of %zu builds are over", count, wanted);
}

static bool first_over(struct up *up, struct ci_err *err)
{
    return builds_over(up, 1, err);
}

static bool second_over(struct up *up, struct ci_err *err)
{
    return builds_over(up, 2, err);
}

/* The first poll only records: a commit before it would be no change. */
static bool poller_ready(struct up *up, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct api_settings settings = {.url = up->service_urls[SERVICE_CHANGES]};
    AUTO_API api = {0};
    struct ci_call call = {.timeout = ci_seconds(2)};
    struct ci_reply reply;

    if (!api_open(&settings, mem, &api, err))
        return false;
    call.url = ci_mem_printf(mem, "%smetrics", api.url);
    if (!ci_client_expect(api.client, &call, mem, &reply, err))
        return false;
    return strstr(reply.body.data, "slipway_polls_total{result=\"ok\"}") ||
           ci_fail(err, CI_EUNAVAILABLE, "no poll yet");
}

/* A commit of that title was made, by this run or an earlier one. */
static bool is_played(struct up *up, const char *title)
{
    const char *const argv[] = {"git",    "-C",  demo_path(up, "hello"), "log",         "-1",
                                "--grep", title, "--format=%H",          "origin/main", NULL};
    struct ci_proc_result result;
    struct ci_err ignored;

    return ci_proc_run(&(struct ci_proc){.argv = argv, .timeout = ci_seconds(60)}, up->mem, &result,
                       &ignored) &&
           result.exit_code == 0 && result.out.len > 0;
}

bool demo_play(struct up *up, struct ci_err *err)
{
    static const char good[] = "Add, with tests", bad[] = "Make add faster";

    if (is_played(up, bad))
        return true;
    return (is_played(up, good) ||
            (up_wait(up, "the demo's first poll", poller_ready, build_limit, err) &&
             commit(up, demo_good, good, err))) &&
           up_wait(up, "the demo's good build", first_over, build_limit, err) &&
           commit(up, demo_bad, bad, err) &&
           up_wait(up, "the demo's breaking build", second_over, build_limit, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* slipway builds and workers: tables of what the API lists. */
#include "api.h"
#include "command.h"
#include "shared/clock.h"
#include "shared/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list_settings {
    struct api_settings api;
    const char *builder;
    int limit;
};

static const struct ci_setting build_rows[] = {
    {"BUILDER", CI_SET_STR, offsetof(struct list_settings, builder), CI_SET_OPTIONAL,
     "only this builder's",                                                                              0, 0},
    {"LIMIT",   CI_SET_INT, offsetof(struct list_settings, limit),   "20",            "at most so many", 1,
     100000                                                                                                  },
};

/* "12s", "3m 20s", "2h 5m" in out. */
static void format_duration(int64_t seconds, char out[32])
{
    if (seconds < 60)
        snprintf(out, 32, "%llds", (long long)seconds);
    else if (seconds < 3600)
        snprintf(out, 32, "%lldm %llds", (long long)(seconds / 60), (long long)(seconds % 60));
    else
        snprintf(out, 32, "%lldh %lldm", (long long)(seconds / 3600),
                 (long long)(seconds / 60 % 60));
}

/* Builder names by id, as an object {"<id>": name}. */
static bool builder_names(struct api *api, json_t **out, struct ci_err *err)
{
    json_t *builders, *builder;
    size_t i;

    if (!api_list(api, "builders?field=builderid&field=name", "builders", &builders, err))
        return false;
    *out = ci_mem_json(api->mem, json_object());
    json_array_foreach(builders, i, builder)
        json_object_set(
            *out, ci_mem_printf(api->mem, "%lld", (long long)json_number(builder, "builderid", 0)),
            json_object_get(builder, "name"));
    return true;
}

/* The API answers a builder that nobody knows with an empty list. */
static bool check_builder(struct api *api, json_t *names, const char *wanted, struct ci_err *err)
{
    const char **list = ci_mem_array(api->mem, const char *, json_object_size(names) + 1);
    const char *id, *near;
    size_t count = 0;
    json_t *name;

    json_object_foreach(names, id, name) {
        if (json_is_string(name) && strcmp(json_string_value(name), wanted) == 0)
            return true;
        if (json_is_string(name))
            list[count++] = json_string_value(name);
    }
    near = ci_nearest(wanted, list, count);
    return ci_fail(err, CI_ENOTFOUND, "no builder \"%s\"%s%s%s", wanted,
                   near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
}

static void print_build(void *mem, json_t *build, json_t *names, struct ci_time now)
{
    const char *id = ci_mem_printf(mem, "%lld", (long long)json_number(build, "builderid", 0));
    int64_t started = json_number(build, "started_at", 0);
    int64_t ended = json_number(build, "complete_at", now.us / 1000000);
    char when[CI_TIME_TEXT], took[32];

    ci_time_format((struct ci_time){started * 1000000}, false, when);
    format_duration(ended - started, took);
    printf("%-8lld %-24s %-6lld %-10s %-20s %-9s %s\n", (long long)json_number(build, "buildid", 0),
           json_text(names, id, "?"), (long long)json_number(build, "number", 0),
           ci_result_name((int)json_number(build, "results", CI_RESULT_NONE)), when, took,
           json_text(build, "state_string", ""));
}

int cmd_builds(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct list_settings settings = {0};
    AUTO_API api = {0};
    json_t *builds, *names, *build;
    const char *path;
    bool done;
    size_t i;

    if (!api_settings_load("builds", "lists builds, newest first", build_rows, CI_COUNT(build_rows),
                           argc, argv, mem, &settings, NULL, &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    path = settings.builder ? ci_mem_printf(mem, "builders/%s/builds?order=-buildid&limit=%d",
                                            api_escape(mem, settings.builder), settings.limit)
                            : ci_mem_printf(mem, "builds?order=-buildid&limit=%d", settings.limit);
    if (!api_open(&settings.api, mem, &api, err) || !builder_names(&api, &names, err) ||
        (settings.builder && !check_builder(&api, names, settings.builder, err)) ||
        !api_list(&api, path, "builds", &builds, err))
        return EXIT_REPORT;
    if (settings.api.json) {
        print_json(builds);
        return EXIT_SUCCESS;
    }
    printf("%-8s %-24s %-6s %-10s %-20s %-9s %s\n", "BUILD", "BUILDER", "NUMBER", "RESULT",
           "STARTED", "TOOK", "STATE");
    json_array_foreach(builds, i, build)
        print_build(mem, build, names, ci_time_now());
    return EXIT_SUCCESS;
}

static const char *worker_state(json_t *worker)
{
    if (json_array_size(json_object_get(worker, "connected_to")) == 0)
        return "offline";
    if (json_is_true(json_object_get(worker, "paused")))
        return "paused";
    return json_is_true(json_object_get(worker, "graceful")) ? "stopping" : "online";
}

/* {"<workerid>": number of running builds} */
static json_t *count_running(struct api *api, json_t *builds)
{
    json_t *counts = ci_mem_json(api->mem, json_object()), *build;
    size_t i;

    json_array_foreach(builds, i, build) {
        const char *id =
            ci_mem_printf(api->mem, "%lld", (long long)json_number(build, "workerid", 0));

        json_object_set_new(counts, id, json_integer(json_number(counts, id, 0) + 1));
    }
    return counts;
}

static void print_worker(void *mem, json_t *worker, json_t *running)
{
    const char *id = ci_mem_printf(mem, "%lld", (long long)json_number(worker, "workerid", 0));
    json_t *info = json_object_get(worker, "workerinfo");

    printf("%-24s %-9s %-4lld/%-4lld %-12s %s\n", json_text(worker, "name", ""),
           worker_state(worker), (long long)json_number(running, id, 0),
           (long long)json_number(worker, "max_builds", 0), json_text(info, "version", ""),
           json_text(worker, "pause_reason", ""));
}

int cmd_workers(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct list_settings settings = {0};
    AUTO_API api = {0};
    json_t *workers, *builds, *worker, *running;
    bool done;
    size_t i;

    if (!api_settings_load("workers", "lists workers and what they are doing", NULL, 0, argc, argv,
                           mem, &settings, NULL, &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    if (!api_open(&settings.api, mem, &api, err) ||
        !api_list(&api, "workers?order=name", "workers", &workers, err) ||
        !api_list(&api, "builds?complete=false", "builds", &builds, err))
        return EXIT_REPORT;
    if (settings.api.json) {
        print_json(workers);
        return EXIT_SUCCESS;
    }
    running = count_running(&api, builds);
    printf("%-24s %-9s %-9s %-12s %s\n", "WORKER", "STATE", "BUILDS", "VERSION", "REASON");
    json_array_foreach(workers, i, worker)
        print_worker(mem, worker, running);
    return EXIT_SUCCESS;
}

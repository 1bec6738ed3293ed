/* SPDX-License-Identifier: Apache-2.0 */
/* slipway why: what a request waits for, gate by gate, or what became of a change. */
#include "api.h"
#include "command.h"
#include "shared/clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct why_settings {
    struct api_settings api;
    const char *build;
    int change;
};

static const struct ci_setting why_rows[] = {
    {"BUILD",  CI_SET_STR, offsetof(struct why_settings, build),  CI_SET_OPTIONAL,
     "of this build's request: an id or BUILDER/NUMBER",                                             0, 0},
    {"CHANGE", CI_SET_INT, offsetof(struct why_settings, change), "0",             "of this change", 0,
     INT_MAX                                                                                             },
};

static void print_mark(const char *mark, const char *text)
{
    printf("  %-5s %s\n", mark, text);
}

static const char *time_text(void *mem, json_t *object, const char *key)
{
    char text[CI_TIME_TEXT];

    ci_time_format((struct ci_time){json_number(object, key, 0) * 1000000}, false, text);
    return ci_mem_strdup(mem, text);
}

static void print_request(void *mem, json_t *why)
{
    json_t *gates = json_object_get(why, "gates"), *gate;
    json_t *estimate = json_object_get(why, "estimate");
    size_t i;

    printf("%s\n", json_text(why, "summary", ""));
    json_array_foreach(gates, i, gate)
        print_mark(json_is_true(json_object_get(gate, "open")) ? "ok" : "WAITS",
                   json_text(gate, "text", ""));
    if (json_is_object(estimate))
        printf("estimate: from %s to %s (%s)\n", time_text(mem, estimate, "start_at"),
               time_text(mem, estimate, "complete_at"), json_text(estimate, "basis", ""));
}

/* A scheduler that took it, keeps it, or did neither. */
static const char *mark_of(const char *verdict)
{
    if (strcmp(verdict, "built") == 0)
        return "ok";
    return strcmp(verdict, "kept") == 0 || strcmp(verdict, "unseen") == 0 ? "WAITS" : "no";
}

static void print_change(void *mem, json_t *why)
{
    json_t *schedulers = json_object_get(why, "schedulers"), *scheduler;
    bool now = false;
    size_t i;

    printf("%s\n", json_text(why, "summary", ""));
    json_array_foreach(schedulers, i, scheduler) {
        print_mark(mark_of(json_text(scheduler, "verdict", "")),
                   ci_mem_printf(mem, "%s %s", json_text(scheduler, "scheduler", ""),
                                 json_text(scheduler, "text", "")));
        now |= json_is_true(json_object_get(scheduler, "evaluated_now"));
    }
    if (now)
        printf("\"now\": by configuration version %lld, which is in force\n",
               (long long)json_number(why, "config_version", 0));
}

/* The path of what is asked about, from exactly one of argument, --build and --change. */
static bool find_path(struct api *api, const struct why_settings *settings, int count, char **words,
                      const char **path, struct ci_err *err)
{
    const int given = count + (settings->build != NULL) + (settings->change != 0);
    json_t *build;

    if (given != 1)
        return ci_fail(err, CI_EINVALID, "needs a request's id, --build or --change");
    if (settings->change) {
        *path = ci_mem_printf(api->mem, "changes/%d/why", settings->change);
        return true;
    }
    if (!settings->build) {
        *path = ci_mem_printf(api->mem, "buildrequests/%s/why", api_escape(api->mem, words[0]));
        return true;
    }
    if (!api_build(api, settings->build, &build, err))
        return false;
    *path = ci_mem_printf(api->mem, "buildrequests/%lld/why",
                          (long long)json_number(build, "buildrequestid", 0));
    return true;
}

int cmd_why(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct why_settings settings = {0};
    AUTO_API api = {0};
    const char *path = "";
    json_t *why;
    bool done;
    int rest;

    if (!api_settings_load("why [REQUEST]", "tells why a request waits, or what became of a change",
                           why_rows, CI_COUNT(why_rows), argc, argv, mem, &settings, &rest, &done,
                           err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    if (!api_open(&settings.api, mem, &api, err) ||
        !find_path(&api, &settings, argc - rest, argv + rest, &path, err) ||
        !api_get(&api, path, &why, err))
        return EXIT_REPORT;
    if (settings.api.json)
        print_json(why);
    else if (settings.change)
        print_change(mem, why);
    else
        print_request(mem, why);
    return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* slipway force: start builds through a force scheduler. */
#include "api.h"
#include "buildset.h"
#include "command.h"
#include "shared/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 256 };

struct force_settings {
    struct api_settings api;
    const char *builder;
    bool wait;
};

static const struct ci_setting force_rows[] = {
    {"BUILDER", CI_SET_STR,  offsetof(struct force_settings, builder), CI_SET_OPTIONAL,
     "builders, comma-separated; all of the scheduler's without it", 0, 0},
    {"WAIT",    CI_SET_BOOL, offsetof(struct force_settings, wait),    "false",
     "wait for the builds; exits with 1 unless all succeed",         0, 0},
};

/* "branch=main" becomes {"branch": "main"}: fields by their full name. */
static bool add_fields(json_t *params, int argc, char **argv, int rest, struct ci_err *err)
{
    for (int i = rest; i < argc; i++) {
        char *equals = strchr(argv[i], '=');

        if (!equals || equals == argv[i])
            return ci_fail(err, CI_EINVALID, "\"%s\" is no field=value", argv[i]);
        *equals = '\0';
        json_object_set_new(params, argv[i], json_string(equals + 1));
    }
    return true;
}

/* Adds the full names of the fields, those of groups too. Borrowed from the answer. */
static void collect_names(json_t *fields, const char **names, size_t *count)
{
    json_t *field;
    size_t i;

    json_array_foreach(fields, i, field) {
        json_t *inner = json_object_get(field, "fields");
        const char *name = json_text(field, "fullName", json_text(field, "name", ""));

        if (*count == MAX_FIELDS)
            return;
        if (json_is_array(inner))
            collect_names(inner, names, count);
        else if (*name)
            names[(*count)++] = name;
    }
}

/* The server passes over fields that it has no use for, as Buildbot does: a typo would be lost. */
static bool check_fields(struct api *api, const char *scheduler, json_t *params, struct ci_err *err)
{
    const char *names[MAX_FIELDS], *field, *near;
    json_t *found, *value;
    size_t count = 0;

    if (!api_single(api,
                    ci_mem_printf(api->mem, "forceschedulers/%s", api_escape(api->mem, scheduler)),
                    "forceschedulers", &found, err))
        return err->code == CI_ENOTFOUND
                   ? ci_fail(err, CI_EINVALID, "no force scheduler \"%s\"", scheduler)
                   : false;
    collect_names(json_object_get(found, "all_fields"), names, &count);
    json_object_foreach(params, field, value) {
        bool known = false;

        for (size_t i = 0; i < count && !known; i++)
            known = strcmp(names[i], field) == 0;
        if (known)
            continue;
        near = ci_nearest(field, names, count);
        return ci_fail(err, CI_EINVALID, "force scheduler \"%s\" has no field \"%s\"%s%s%s",
                       scheduler, field, near ? " (did you mean \"" : "", near ? near : "",
                       near ? "\"?)" : "");
    }
    return true;
}

static json_t *split_names(void *mem, const char *text)
{
    json_t *names = json_array();
    char *copy = ci_mem_strdup(mem, text), *rest = NULL;

    for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
        json_array_append_new(names, json_string(name));
    return names;
}

/* builderNames works by name; unknown ones are refused by the server. */
static bool send_force(struct api *api, const struct force_settings *settings,
                       const char *scheduler, json_t *params, json_t **result, struct ci_err *err)
{
    const char *path =
        ci_mem_printf(api->mem, "forceschedulers/%s", api_escape(api->mem, scheduler));

    if (!check_fields(api, scheduler, params, err))
        return false;
    if (settings->builder)
        json_object_set_new(params, "builderNames", split_names(api->mem, settings->builder));
    if (!api_rpc(api, path, "force", params, result, err))
        return ci_fail_in(err, "force scheduler \"%s\"", scheduler);
    if (!json_is_array(*result))
        return ci_fail(err, CI_EUNAVAILABLE, "the answer names no buildset");
    return true;
}

static int run_force(struct api *api, const struct force_settings *settings, const char *scheduler,
                     json_t *params, struct ci_err *err)
{
    struct buildset made = {.command = "force"};
    json_t *result;
    int results;

    if (!send_force(api, settings, scheduler, params, &result, err))
        return EXIT_REPORT;
    made.bsid = json_integer_value(json_array_get(result, 0));
    made.requests = json_array_get(result, 1);
    if (settings->api.json)
        print_json(result);
    else
        buildset_print(api, &made);
    buildset_warn(api, &made);
    if (!settings->wait)
        return EXIT_SUCCESS;
    if (!buildset_wait(api, &made, false, &results, err))
        return EXIT_REPORT;
    if (!settings->api.json)
        printf("%s\n", ci_result_name(results));
    return buildset_status(results);
}

int cmd_force(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct force_settings settings = {0};
    AUTO_API api = {0};
    json_t *params = ci_mem_json(mem, json_object());
    bool done;
    int rest;

    if (!api_settings_load("force SCHEDULER [FIELD=VALUE...]",
                           "starts builds; fields are branch, revision, reason, ... as in the UI",
                           force_rows, CI_COUNT(force_rows), argc, argv, mem, &settings, &rest,
                           &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    if (rest >= argc) {
        ci_fail(err, CI_EINVALID, "which force scheduler? e.g. slipway force force branch=main");
        return EXIT_REPORT;
    }
    if (!add_fields(params, argc, argv, rest + 1, err) || !api_open(&settings.api, mem, &api, err))
        return EXIT_REPORT;
    return run_force(&api, &settings, argv[rest], params, err);
}

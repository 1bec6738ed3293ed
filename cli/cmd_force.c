/* SPDX-License-Identifier: Apache-2.0 */
/* slipway force: start builds through a force scheduler. */
#include "api.h"
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

/* Waits on the buildset's row, which the server completes. */
static bool wait_complete(struct api *api, int64_t bsid, int *results, struct ci_err *err)
{
    const char *path = ci_mem_printf(api->mem, "buildsets/%lld", (long long)bsid);
    struct api_patience patience = {0};
    json_t *buildset;

    for (;; api_pause()) {
        if (!api_single(api, path, "buildsets", &buildset, err)) {
            if (!api_patient(&patience, err))
                return false;
            continue;
        }
        if (json_is_true(json_object_get(buildset, "complete")))
            break;
        patience = (struct api_patience){0};
    }
    *results = (int)json_number(buildset, "results", CI_RESULT_NONE);
    return true;
}

/* The id itself where the name can't be had. */
static const char *builder_name(struct api *api, const char *builderid)
{
    json_t *builder;
    struct ci_err err;

    if (!api_single(api, ci_mem_printf(api->mem, "builders/%s", builderid), "builders", &builder,
                    &err))
        return builderid;
    return json_text(builder, "name", builderid);
}

static void print_requests(struct api *api, json_t *result)
{
    const char *builderid;
    json_t *brid;

    printf("buildset %lld\n", (long long)json_integer_value(json_array_get(result, 0)));
    json_object_foreach(json_array_get(result, 1), builderid, brid)
        printf("  request %lld: builder %s\n", (long long)json_integer_value(brid),
               builder_name(api, builderid));
}

/* Whether somebody is there to take a builder's requests now; true also when that can't be told. */
static bool has_worker(struct api *api, const char *builderid)
{
    const char *path = ci_mem_printf(api->mem, "builders/%s/workers", builderid);
    json_t *workers, *worker;
    struct ci_err err;
    size_t i;

    if (!api_list(api, path, "workers", &workers, &err))
        return true;
    json_array_foreach(workers, i, worker)
        if (json_array_size(json_object_get(worker, "connected_to")) > 0 &&
            !json_is_true(json_object_get(worker, "paused")) &&
            !json_is_true(json_object_get(worker, "graceful")))
            return true;
    return false;
}

/* A request that nobody can take waits for ever without a word otherwise. */
static void warn_of_waiting(struct api *api, json_t *result)
{
    const char *builderid;
    json_t *brid;

    json_object_foreach(json_array_get(result, 1), builderid, brid)
        if (!has_worker(api, builderid))
            fprintf(
                stderr,
                "slipway force: request %lld waits: no worker that can run builder %s is online "
                "and willing\n",
                (long long)json_integer_value(brid), builder_name(api, builderid));
}

static int run_force(struct api *api, const struct force_settings *settings, const char *scheduler,
                     json_t *params, struct ci_err *err)
{
    json_t *result;
    int results;

    if (!send_force(api, settings, scheduler, params, &result, err))
        return EXIT_REPORT;
    if (settings->api.json)
        print_json(result);
    else
        print_requests(api, result);
    warn_of_waiting(api, result);
    if (!settings->wait)
        return EXIT_SUCCESS;
    fflush(stdout);
    if (!wait_complete(api, json_integer_value(json_array_get(result, 0)), &results, err))
        return EXIT_REPORT;
    if (!settings->api.json)
        printf("%s\n", ci_result_name(results));
    return results == CI_SUCCESS || results == CI_WARNINGS ? EXIT_SUCCESS : EXIT_FAILURE;
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

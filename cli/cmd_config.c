/* SPDX-License-Identifier: Apache-2.0 */
/* slipway check, diff, apply, schema. */
#include "command.h"
#include "config_file.h"
#include "shared/config.h"
#include "shared/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct config_settings {
    struct api_settings api;
    const char *comment;
    int version;
    bool manual;
};

static const struct ci_setting apply_rows[] = {
    {"COMMENT", CI_SET_STR, offsetof(struct config_settings, comment), "",
     "why, kept with the version",                 0, 0      },
    {"VERSION", CI_SET_INT, offsetof(struct config_settings, version), "0",
     "go back to this version, instead of a file", 0, 1 << 30},
};

static const struct ci_setting schema_rows[] = {
    {"MANUAL", CI_SET_BOOL, offsetof(struct config_settings, manual), "false",
     "print the reference as Markdown instead", 0, 0},
};

/* The one positional argument, a file; its default is slipway.yaml. */
static const char *file_argument(int argc, char **argv, int rest, struct ci_err *err)
{
    if (argc - rest > 1) {
        ci_fail(err, CI_EINVALID, "one file, please; \"%s\" is the second", argv[rest + 1]);
        return NULL;
    }
    return rest < argc ? argv[rest] : "slipway.yaml";
}

int cmd_check(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct config_settings settings = {0};
    struct ci_bytes text;
    const char *path;
    json_t *problems;
    bool done;
    int rest;

    if (!api_settings_load("check [FILE]", "checks a configuration file, offline", NULL, 0, argc,
                           argv, mem, &settings, &rest, &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    path = file_argument(argc, argv, rest, err);
    if (!path || !config_file_read(mem, path, &text, err))
        return EXIT_REPORT;
    problems = config_file_problems(mem, path, text);
    if (settings.api.json)
        print_json(problems);
    else
        config_file_print(path, problems);
    if (json_array_size(problems) > 0)
        return EXIT_FAILURE;
    if (!settings.api.json)
        printf("%s: OK\n", path);
    return EXIT_SUCCESS;
}

int cmd_schema(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct config_settings settings = {0};
    bool done;
    int rest;

    if (!api_settings_load("schema", "prints the JSON Schema of slipway.yaml", schema_rows,
                           CI_COUNT(schema_rows), argc, argv, mem, &settings, &rest, &done, err))
        return EXIT_REPORT;
    if (!done && settings.manual)
        (void)fputs(ci_config_manual(mem), stdout);
    else if (!done)
        print_json(ci_mem_json(mem, ci_config_schema()));
    return EXIT_SUCCESS;
}

static void print_applied(const struct config_settings *settings, int64_t version, bool changed)
{
    if (settings->api.json)
        printf("{\"changed\": %s, \"version\": %lld}\n", changed ? "true" : "false",
               (long long)version);
    else if (changed)
        printf("version %lld is in force\n", (long long)version);
    else
        printf("nothing to change: version %lld is in force already\n", (long long)version);
}

static int apply_version(struct api *api, const struct config_settings *settings,
                         struct ci_err *err)
{
    struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(api->mem, "%sapi/v2/config/%d/apply", api->url, settings->version),
        .bearer = api->token,
    };
    struct ci_reply reply;

    if (!ci_client_expect(api->client, &call, api->mem, &reply, err))
        return EXIT_REPORT;
    print_applied(settings, json_number(reply.json, "version", 0),
                  json_is_true(json_object_get(reply.json, "changed")));
    return EXIT_SUCCESS;
}

static int apply_file(struct api *api, const struct config_settings *settings, const char *path,
                      struct ci_err *err)
{
    struct ci_bytes text;
    int64_t version;
    bool changed;

    if (!config_file_check(api->mem, path, err) || !config_file_read(api->mem, path, &text, err) ||
        !config_file_apply(api, text, settings->comment, &version, &changed, err))
        return EXIT_REPORT;
    print_applied(settings, version, changed);
    return EXIT_SUCCESS;
}

int cmd_apply(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct config_settings settings = {0};
    AUTO_API api = {0};
    const char *path;
    bool done;
    int rest;

    if (!api_settings_load("apply [FILE]", "makes a file, or an earlier version, the configuration",
                           apply_rows, CI_COUNT(apply_rows), argc, argv, mem, &settings, &rest,
                           &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    if (settings.version && rest < argc) {
        ci_fail(err, CI_EINVALID, "--version %d and the file \"%s\" exclude each other",
                settings.version, argv[rest]);
        return EXIT_REPORT;
    }
    path = file_argument(argc, argv, rest, err);
    if (!path || !api_open(&settings.api, mem, &api, err))
        return EXIT_REPORT;
    if (settings.version)
        return apply_version(&api, &settings, err);
    return apply_file(&api, &settings, path, err);
}

/* The text of the version in force; "" before the first. */
static bool current_yaml(struct api *api, const char **yaml, int64_t *version, struct ci_err *err)
{
    json_t *current;

    *yaml = "";
    *version = 0;
    if (!api_single(api, "config/current", "configs", &current, err))
        return err->code == CI_ENOTFOUND;
    *yaml = json_text(current, "yaml", "");
    *version = json_number(current, "version", 0);
    return true;
}

/* As diff(1) does, the command exits with 1 where there are differences. */
static int run_diff(void *mem, const char *old_text, int64_t version, const char *path,
                    struct ci_err *err)
{
    const struct ci_diff_text old = {
        version ? ci_mem_printf(mem, "version %lld", (long long)version) : "nothing",
        {old_text, strlen(old_text)},
    };
    struct ci_diff_text new = {.label = path};
    struct ci_bytes diff;

    if (!config_file_read(mem, path, &new.text, err) || !ci_diff(&old, &new, mem, &diff, err))
        return EXIT_REPORT;
    fwrite(diff.data, 1, diff.len, stdout);
    return diff.len > 0;
}

int cmd_diff(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct config_settings settings = {0};
    AUTO_API api = {0};
    const char *path, *yaml;
    int64_t version;
    bool done;
    int rest;

    if (!api_settings_load("diff [FILE]", "shows what apply would change; exits with 1 if anything",
                           NULL, 0, argc, argv, mem, &settings, &rest, &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    path = file_argument(argc, argv, rest, err);
    if (!path || !config_file_check(mem, path, err) || !api_open(&settings.api, mem, &api, err) ||
        !current_yaml(&api, &yaml, &version, err))
        return EXIT_REPORT;
    return run_diff(mem, yaml, version, path, err);
}

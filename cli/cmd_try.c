/* SPDX-License-Identifier: Apache-2.0 */
/* slipway try: builds of the changes of a working copy, before anybody else sees them. */
#include "buildset.h"
#include "command.h"
#include "repeated.h"
#include "shared/result.h"
#include "working_copy.h"

#include <errno.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATCH_MAX = 10 << 20 }; /* more the server does not take */

struct try_settings {
    struct api_settings api;
    const char *scheduler, *builder, *property, *who, *comment, *branch, *repository, *base, *patch,
        *subdir, *codebase;
    int patch_level;
    bool untracked, wait, no_wait, dry_run;
};

#define ROW(name, type, member, fallback, help, ...)                                               \
    {                                                                                              \
        name, type, offsetof(struct try_settings, member), fallback, help, __VA_ARGS__             \
    }
#define TEXT(name, member, help) ROW(name, CI_SET_STR, member, CI_SET_OPTIONAL, help, 0, 0)
#define YES(name, member, help) ROW(name, CI_SET_BOOL, member, "false", help, 0, 0)

static const struct ci_setting try_rows[] = {
    TEXT("BASE", base, "revision the changes are based on; what the server has too without it"),
    TEXT("BRANCH", branch, "branch; the working copy's without it"),
    TEXT("BUILDER", builder, "builder, also several times; all of the scheduler's without it"),
    TEXT("CODEBASE", codebase, "codebase that the working copy is of"),
    TEXT("COMMENT", comment, "what is tried"),
    YES("DRY_RUN", dry_run, "print what would be sent, and end"),
    YES("NO_WAIT", no_wait, "don't wait for the builds"),
    TEXT("PATCH", patch, "file with the patch, - for stdin; no working copy is looked at"),
    ROW("PATCH_LEVEL", CI_SET_INT, patch_level, CI_SET_OPTIONAL,
        "leading folders to remove from the patch's paths; 1 with --patch", 0, 100),
    TEXT("PROPERTY", property, "NAME=VALUE for the builds, also several times"),
    TEXT("REPOSITORY", repository, "its address; the working copy's remote without it"),
    TEXT("SCHEDULER", scheduler, "try scheduler; the only one without it"),
    TEXT("SUBDIR", subdir, "folder of the checkout that the patch's paths are below"),
    YES("UNTRACKED", untracked, "files that the version control does not know are sent too"),
    YES("WAIT", wait, "wait for the builds, which is the default"),
    TEXT("WHO", who, "who tries; the name of this user without it"),
};

static json_t *names_json(const struct repeated *builders, void *mem)
{
    json_t *names = json_array();

    for (size_t i = 0; i < builders->count; i++) {
        char *copy = ci_mem_strdup(mem, builders->values[i]), *rest = NULL;

        for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
            json_array_append_new(names, json_string(name));
    }
    return names;
}

/* ---- the call ---- */

static bool read_patch(const char *name, void *mem, struct ci_bytes *out, struct ci_err *err)
{
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    struct ci_buf text;
    char piece[65536];
    bool failed;
    size_t n;

    if (!file)
        return ci_fail(err, CI_EINVALID, "could not open %s: %s", name, strerror(errno));
    ci_buf_init(&text, mem);
    while (text.len <= PATCH_MAX && (n = fread(piece, 1, sizeof(piece), file)) > 0)
        ci_buf_add(&text, piece, n);
    failed = ferror(file) != 0;
    if (file != stdin)
        fclose(file);
    *out = (struct ci_bytes){text.text, text.len};
    return !failed || ci_fail(err, CI_EINVALID, "could not read %s", name);
}

static bool read_sources(const struct try_settings *settings, void *mem, struct working_copy *copy,
                         struct ci_err *err)
{
    *copy = (struct working_copy){.repository = settings->repository,
                                  .branch = settings->branch,
                                  .base = settings->base,
                                  .untracked = settings->untracked,
                                  .level = 1};
    if (settings->patch
            ? !read_patch(settings->patch, mem, &copy->diff, err)
            : !working_copy_find(".", mem, copy, err) || !working_copy_read(copy, mem, err))
        return false;
    if (copy->diff.len > PATCH_MAX)
        return ci_fail(err, CI_EINVALID, "the patch is larger than 10 MiB, the most that is taken");
    return true;
}

static const char *user_name(void)
{
    const struct passwd *entry = getpwuid(geteuid());

    return entry ? entry->pw_name : NULL;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, json_string(text));
}

static json_t *patch_json(const struct try_settings *settings, const struct working_copy *copy,
                          int level, void *mem)
{
    size_t size = sodium_base64_encoded_len(copy->diff.len, sodium_base64_VARIANT_ORIGINAL);
    char *body = ci_mem_alloc(mem, size);
    json_t *patch;

    sodium_bin2base64(body, size, copy->diff.data, copy->diff.len, sodium_base64_VARIANT_ORIGINAL);
    patch = json_pack("{s:i, s:s, s:s}", "level", level, "encoding", "base64", "body", body);
    set_text(patch, "subdir", settings->subdir);
    return patch;
}

static json_t *params_json(const struct try_settings *settings, const struct working_copy *copy,
                           int level, void *mem)
{
    json_t *params = json_object();

    set_text(params, "who", settings->who ? settings->who : user_name());
    set_text(params, "comment", settings->comment);
    set_text(params, "codebase", settings->codebase);
    set_text(params, "repository", copy->repository);
    set_text(params, "branch", copy->branch);
    set_text(params, "baserev", copy->base);
    if (copy->diff.len > 0)
        json_object_set_new(params, "patch", patch_json(settings, copy, level, mem));
    return params;
}

/* The only one, when none is named. */
static bool find_scheduler(struct api *api, const char **name, struct ci_err *err)
{
    json_t *schedulers;

    if (*name)
        return true;
    if (!api_list(api, "tryschedulers", "tryschedulers", &schedulers, err))
        return false;
    if (json_array_size(schedulers) == 0)
        return ci_fail(err, CI_EINVALID, "the configuration has no try scheduler");
    if (json_array_size(schedulers) > 1)
        return ci_fail(err, CI_EINVALID, "which try scheduler? --scheduler %s, for example",
                       json_text(json_array_get(schedulers, 0), "name", ""));
    *name = json_text(json_array_get(schedulers, 0), "name", "");
    return true;
}

/* ---- what is printed ---- */

static void print_line(json_t *params, const char *key)
{
    const char *text = json_text(params, key, NULL);

    if (text)
        printf("%-10s  %s\n", key, text);
}

static void print_plan(const struct try_settings *settings, json_t *params,
                       const struct working_copy *copy)
{
    static const char *const keys[] = {"who",        "comment", "codebase",
                                       "repository", "branch",  "baserev"};

    if (settings->api.json) {
        print_json(params);
        return;
    }
    for (size_t i = 0; i < CI_COUNT(keys); i++)
        print_line(params, keys[i]);
    if (copy->diff.len == 0)
        puts("no changes");
    else
        printf("\n%.*s", (int)copy->diff.len, (const char *)copy->diff.data);
}

static int send(struct api *api, const struct try_settings *settings, json_t *params,
                struct ci_err *err)
{
    struct buildset made = {.command = "try"};
    const char *name = settings->scheduler;
    json_t *result;
    int results;

    if (!find_scheduler(api, &name, err))
        return EXIT_REPORT;
    if (!api_rpc(api, ci_mem_printf(api->mem, "tryschedulers/%s", api_escape(api->mem, name)),
                 "try", params, &result, err)) {
        (void)ci_fail_in(err, "try scheduler \"%s\"", name);
        return EXIT_REPORT;
    }
    made.bsid = json_number(result, "bsid", 0);
    made.requests = json_object_get(result, "brids");
    if (settings->api.json)
        print_json(result);
    else
        buildset_print(api, &made);
    buildset_warn(api, &made);
    if (settings->no_wait)
        return EXIT_SUCCESS;
    if (!buildset_wait(api, &made, !settings->api.json, &results, err))
        return EXIT_REPORT;
    if (!settings->api.json)
        printf("%s\n", ci_result_name(results));
    return buildset_status(results);
}

static int run_try(const struct try_settings *settings, json_t *params, void *mem, bool level_given,
                   struct ci_err *err)
{
    struct working_copy copy;
    AUTO_API api = {0};
    json_t *found;

    if (!read_sources(settings, mem, &copy, err))
        return EXIT_REPORT;
    found = ci_mem_json(
        mem, params_json(settings, &copy, level_given ? settings->patch_level : copy.level, mem));
    json_object_update_missing(params, found);
    if (copy.diff.len == 0 && !settings->dry_run)
        fputs("slipway try: no changes: the base itself is built\n", stderr);
    if (settings->dry_run) {
        print_plan(settings, params, &copy);
        return EXIT_SUCCESS;
    }
    if (!api_open(&settings->api, mem, &api, err))
        return EXIT_REPORT;
    return send(&api, settings, params, err);
}

int cmd_try(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    size_t most = (size_t)argc;
    struct repeated builders = {"--builder", ci_mem_array(mem, const char *, most), 0};
    struct repeated properties = {"--property", ci_mem_array(mem, const char *, most), 0};
    struct try_settings settings = {.patch_level = -1};
    json_t *params = ci_mem_json(mem, json_object()), *values = json_object();
    bool done;
    int rest;

    json_object_set_new(params, "properties", values);
    if (!repeated_take(&builders, &argc, argv, err) ||
        !repeated_take(&properties, &argc, argv, err) ||
        !repeated_properties(&properties, mem, values, err) ||
        !api_settings_load("try", "builds the changes of the working copy in this folder", try_rows,
                           CI_COUNT(try_rows), argc, argv, mem, &settings, &rest, &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    if (rest < argc) {
        ci_fail(err, CI_EINVALID, "\"%s\" is no option", argv[rest]);
        return EXIT_REPORT;
    }
    if (settings.wait && settings.no_wait) {
        ci_fail(err, CI_EINVALID, "--wait and --no-wait exclude each other");
        return EXIT_REPORT;
    }
    if (builders.count > 0)
        json_object_set_new(params, "builders", names_json(&builders, mem));
    return run_try(&settings, params, mem, settings.patch_level >= 0, err);
}

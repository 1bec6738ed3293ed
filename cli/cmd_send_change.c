/* SPDX-License-Identifier: Apache-2.0 */
/* slipway send-change: report a change, as `buildbot sendchange` does, to /change_hook/base. */
#include "api.h"
#include "command.h"
#include "repeated.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMENTS_MAX = 1 << 20 };

struct send_settings {
    struct api_settings api;
    const char *author, *branch, *category, *codebase, *comments, *committer, *hook_password,
        *hook_user, *logfile, *project, *property, *repository, *revision, *revlink, *when, *who;
};

#define TEXT(name, member, help)                                                                   \
    {                                                                                              \
        name, CI_SET_STR, offsetof(struct send_settings, member), CI_SET_OPTIONAL, help, 0, 0      \
    }
static const struct ci_setting send_rows[] = {
    TEXT("AUTHOR", author, "who made the change, \"Name <mail>\""),
    TEXT("BRANCH", branch, "branch that was changed; none without it"),
    TEXT("CATEGORY", category, "category, for filters"),
    TEXT("CODEBASE", codebase, "codebase; that of the repository's poller without it"),
    TEXT("COMMENTS", comments, "the message"),
    TEXT("COMMITTER", committer, "who committed it, where that is somebody else"),
    {"HOOK_PASSWORD", CI_SET_SECRET, offsetof(struct send_settings, hook_password), CI_SET_OPTIONAL,
                                                                               "password of web_hooks.auth; also in SLIPWAY_HOOK_PASSWORD", 0, 0},
    TEXT("HOOK_USER", hook_user, "user of web_hooks.auth"),
    TEXT("LOGFILE", logfile, "file with the message, - for stdin"),
    TEXT("PROJECT", project, "project"),
    TEXT("PROPERTY", property, "NAME=VALUE of the change, also several times"),
    TEXT("REPOSITORY", repository, "address of the repository"),
    TEXT("REVISION", revision, "revision; without it the change is never known already"),
    TEXT("REVLINK", revlink, "address of the revision's page"),
    TEXT("WHEN", when, "when it was made, seconds since 1970; now without it"),
    TEXT("WHO", who, "the same as --author"),
};
#undef TEXT

static bool read_comments(const char *name, void *mem, const char **out, struct ci_err *err)
{
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    struct ci_buf text;
    char piece[4096];
    bool failed;
    size_t n;

    if (!file)
        return ci_fail(err, CI_EINVALID, "could not open %s: %s", name, strerror(errno));
    ci_buf_init(&text, mem);
    ci_buf_puts(&text, "");
    while (text.len <= COMMENTS_MAX && (n = fread(piece, 1, sizeof(piece), file)) > 0)
        ci_buf_add(&text, piece, n);
    failed = ferror(file) != 0;
    if (file != stdin)
        fclose(file);
    if (failed || text.len > COMMENTS_MAX)
        return ci_fail(err, CI_EINVALID, failed ? "could not read %s" : "%s is too long", name);
    *out = text.text;
    return true;
}

static void set_text(json_t *change, const char *name, const char *value)
{
    if (value)
        json_object_set_new(change, name, json_string(value));
}

/* The body as hook_base takes it; what was not said is not sent. */
static bool make_change(const struct send_settings *settings, const struct repeated *properties,
                        char **files, void *mem, json_t *out, struct ci_err *err)
{
    json_t *list = json_array(), *values = json_object();
    const char *comments = settings->comments;

    json_object_set_new(out, "files", list);
    json_object_set_new(out, "properties", values);
    for (; *files; files++)
        json_array_append_new(list, json_string(*files));
    if (!repeated_properties(properties, mem, values, err) ||
        (settings->logfile && !read_comments(settings->logfile, mem, &comments, err)))
        return false;
    set_text(out, "author", settings->author ? settings->author : settings->who);
    set_text(out, "branch", settings->branch);
    set_text(out, "category", settings->category);
    set_text(out, "codebase", settings->codebase);
    set_text(out, "comments", comments);
    set_text(out, "committer", settings->committer);
    set_text(out, "project", settings->project);
    set_text(out, "repository", settings->repository);
    set_text(out, "revision", settings->revision);
    set_text(out, "revlink", settings->revlink);
    set_text(out, "when_timestamp", settings->when);
    return true;
}

/* The hook's answers are texts for people. */
static bool send_change(struct api *api, const struct send_settings *settings, json_t *change,
                        struct ci_err *err)
{
    const struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(api->mem, "%schange_hook/base", api->url),
        /* Both are the header Authorization: who has to give a password can't say who they are. */
        .bearer = settings->hook_user ? NULL : api->token,
        .basic_user = settings->hook_user,
        .basic_password = settings->hook_password,
        .json = change,
    };
    struct ci_reply reply;
    const char *text;

    if (!ci_client_call(api->client, &call, api->mem, &reply, err))
        return false;
    text = reply.body.len ? reply.body.data : "";
    if (reply.status >= 300)
        return ci_fail(err, reply.status < 500 ? CI_EINVALID : CI_EUNAVAILABLE,
                       "the server answered %d: %.*s", reply.status, (int)strcspn(text, "\n"),
                       text);
    printf("%s\n", text);
    return true;
}

static int run(const struct send_settings *settings, const struct repeated *properties,
               char **files, void *mem, struct ci_err *err)
{
    json_t *change = ci_mem_json(mem, json_object());
    AUTO_API api = {0};

    if (!settings->author && !settings->who) {
        ci_fail(err, CI_EINVALID, "who made the change? e.g. --author \"Ada <ada@example.org>\"");
        return EXIT_REPORT;
    }
    if (!make_change(settings, properties, files, mem, change, err) ||
        !api_open(&settings->api, mem, &api, err) || !send_change(&api, settings, change, err))
        return EXIT_REPORT;
    return EXIT_SUCCESS;
}

int cmd_send_change(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct send_settings settings = {0};
    struct repeated properties = {.flag = "--property",
                                  .values = ci_mem_array(mem, const char *, (size_t)argc)};
    bool done;
    int rest;

    if (!repeated_take(&properties, &argc, argv, err) ||
        !api_settings_load("send-change [FILE...]",
                           "reports a change of these files to /change_hook/base, which has to be "
                           "on",
                           send_rows, CI_COUNT(send_rows), argc, argv, mem, &settings, &rest, &done,
                           err))
        return EXIT_REPORT;
    if (!settings.hook_password)
        settings.hook_password = getenv("SLIPWAY_HOOK_PASSWORD");
    return done ? EXIT_SUCCESS : run(&settings, &properties, argv + rest, mem, err);
}

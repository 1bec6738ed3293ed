/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that talk to others: http, git_commit, git_tag, git_push. */
#include "config_steps.h"

#include <string.h>

/* The forms may make up any part of it. */
static const char *check_target(const char *text, void *mem)
{
    return ci_interpolate_plain(text) ? check_url(text, mem) : NULL;
}

#define AT(member) offsetof(struct ci_http_args, member)
static const struct key http_keys[] = {
    KEY("url", KEY_STR, AT(url), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER, "URL to ask.",
        .example = "https://deploy.example/start", .check = check_target),
    KEY("method", KEY_STR, AT(method), 0,
        "GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS; default POST.", .example = "PUT",
        .check = check_http_method),
    KEY("headers", KEY_KVS, AT(headers), KEY_RENDER, "Further headers; default: none.",
        .example = "{Authorization: \"Bearer %(secret:deploy)s\"}"),
    KEY("params", KEY_KVS, AT(params), KEY_RENDER, "Parameters of the URL; default: none.",
        .example = "{revision: \"%(prop:got_revision)s\"}"),
    KEY("form", KEY_KVS, AT(form), KEY_RENDER,
        "Fields of a form that is sent; this, body or json; default: none.",
        .example = "{name: app}", .alias = "data"),
    KEY("body", KEY_STR, AT(body), KEY_RENDER, "Text that is sent; default: none.",
        .example = "done"),
    KEY("json", KEY_JSON, AT(json), KEY_RENDER, "Value that is sent as JSON; default: none.",
        .example = "{revision: \"%(prop:got_revision)s\"}"),
    KEY("user", KEY_STR, AT(user), KEY_NOT_EMPTY | KEY_RENDER,
        "Name for HTTP Basic; default: none.", .example = "ci"),
    KEY("password", KEY_STR, AT(password), KEY_NOT_EMPTY | KEY_RENDER,
        "Password for HTTP Basic; default: none.", .example = "\"%(secret:deploy)s\""),
    KEY("hide_request_headers", KEY_BOOL, AT(hide_request_headers), 0,
        "Whether the log leaves the request's headers out; default false.", .example = "true"),
    KEY("hide_response_headers", KEY_BOOL, AT(hide_response_headers), 0,
        "Whether the log leaves the answer's headers out; default false.", .example = "true"),
    KEY("verify", KEY_BOOL, AT(verify), 0,
        "Whether the server's certificate is verified; default true.", .example = "false"),
};
#undef AT

static void finish_http(struct decode *d, const struct node *map, void *out)
{
    const struct ci_http_args *args = out;

    if ((node_get(map, "form") || node_get(map, "data")) + (node_get(map, "body") != NULL) +
            (node_get(map, "json") != NULL) >
        1)
        complain(d, map, "\"form\", \"body\" and \"json\" exclude each other");
    if (args->password && !args->user)
        complain(d, node_get(map, "password"), "\"password\" needs a \"user\"");
}

static const struct ci_http_args http_defaults = {.method = "POST", .verify = true};
static const struct section http_args = {
    SECTION_KEYS(http_keys),    .size = sizeof(struct ci_http_args),
    .defaults = &http_defaults, .primary = "url",
    .finish = finish_http,
};
STEP(http, CI_STEP_HTTP, "Makes an HTTP request; a status from 400 on is a failure.",
     config_step_defaults);

const char *check_http_method(const char *text, void *mem)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

    for (size_t i = 0; i < CI_COUNT(known); i++) {
        if (strcmp(known[i], text) == 0)
            return NULL;
    }
    return ci_mem_printf(mem, "unrecognized method \"%.60s\"", text);
}

static const char *const empty_commits[] = {"disallow", "create", "ignore"};

static const char *check_empty(const char *text, void *mem)
{
    for (size_t i = 0; i < CI_COUNT(empty_commits); i++) {
        if (strcmp(empty_commits[i], text) == 0)
            return NULL;
    }
    return ci_mem_printf(mem, "unrecognized value \"%.60s\" (known: disallow, create, ignore)",
                         text);
}

static const char config_help[] = "Settings of git for its commands (-c).";
static const char config_example[] = "{user.name: CI, user.email: ci@acme.example}";

#define AT(member) offsetof(struct ci_git_commit_args, member)
static const struct key git_commit_keys[] = {
    KEY("paths", KEY_STRS, AT(paths), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER,
        "What is committed, below workdir.", .example = "[docs, CHANGES]"),
    KEY("messages", KEY_STRS, AT(messages), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER,
        "Paragraphs of the message.", .example = "[\"Release %(prop:version)s\"]",
        .alias = "message"),
    KEY("no_verify", KEY_BOOL, AT(no_verify), 0, "Whether hooks are left out; default false.",
        .example = "true"),
    KEY("empty_commits", KEY_STR, AT(empty_commits), 0,
        "When nothing has changed: disallow (a failure), create or ignore; default disallow.",
        .example = "ignore", .check = check_empty),
    KEY("config", KEY_KVS, AT(config), KEY_RENDER, config_help, .example = config_example),
};
#undef AT
static const struct ci_git_commit_args commit_defaults = {.empty_commits = "disallow"};
static const struct section git_commit_args = {
    SECTION_KEYS(git_commit_keys),
    .size = sizeof(struct ci_git_commit_args),
    .defaults = &commit_defaults,
    .primary = "paths",
};
STEP(git_commit, CI_STEP_GIT_COMMIT, "Commits files in the working folder.", config_step_defaults);

#define AT(member) offsetof(struct ci_git_tag_args, member)
static const struct key git_tag_keys[] = {
    KEY("tag", KEY_STR, AT(tag), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_RENDER, "Name of the tag.",
        .example = "\"v%(prop:version)s\"", .alias = "tag_name"),
    KEY("messages", KEY_STRS, AT(messages), KEY_NOT_EMPTY | KEY_RENDER,
        "Paragraphs of the message, which make it an annotated tag; default: none.",
        .example = "[\"Version %(prop:version)s\"]", .alias = "message"),
    KEY("annotated", KEY_BOOL, AT(annotated), 0,
        "Whether it is an annotated tag, with messages; default false.", .example = "true"),
    KEY("force", KEY_BOOL, AT(force), 0, "Whether a tag of that name is moved; default false.",
        .example = "true"),
    KEY("config", KEY_KVS, AT(config), KEY_RENDER, config_help, .example = config_example),
};
#undef AT

static void finish_tag(struct decode *d, const struct node *map, void *out)
{
    struct ci_git_tag_args *args = out;

    if (args->annotated && args->messages.count == 0)
        complain(d, node_get(map, "annotated"), "an annotated tag needs \"messages\"");
    args->annotated |= args->messages.count > 0;
}

static const struct section git_tag_args = {
    SECTION_KEYS(git_tag_keys),
    .size = sizeof(struct ci_git_tag_args),
    .primary = "tag",
    .finish = finish_tag,
};
STEP(git_tag, CI_STEP_GIT_TAG, "Tags the revision of the working folder.", config_step_defaults);

#define AT(member) offsetof(struct ci_git_push_args, member)
static const struct key git_push_keys[] = {
    KEY("repository", KEY_STR, AT(repository), KEY_NOT_EMPTY | KEY_RENDER,
        "Where to; default: where the checkout is from.", .example = "https://git.example/app.git",
        .alias = "repourl", .check = check_one_line),
    KEY("branch", KEY_STR, AT(branch), KEY_NOT_EMPTY | KEY_RENDER,
        "Branch that gets it; default: the build's.", .example = "main", .check = check_one_line),
    KEY("force", KEY_BOOL, AT(force), 0,
        "Whether commits that are only there are lost; default false.", .example = "true"),
    GIT_CREDENTIAL_KEYS,
    KEY("config", KEY_KVS, AT(config), KEY_RENDER, config_help, .example = config_example),
};
#undef AT
static const struct section git_push_args = {
    SECTION_KEYS(git_push_keys),
    .size = sizeof(struct ci_git_push_args),
    .primary = "repository",
};
STEP(git_push, CI_STEP_GIT_PUSH, "Pushes the revision of the working folder.",
     config_step_defaults);

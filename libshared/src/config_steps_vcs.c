/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that bring sources to a revision: git, hg, svn. */
#include "config_steps.h"

#include <string.h>

#define CHECKOUT                                                                                   \
    .checkout = {.codebase = "",                                                                   \
                 .method = CI_CHECKOUT_FRESH,                                                      \
                 .retries = 3,                                                                     \
                 .retry_delay = {5 * INT64_C(1000000)},                                            \
                 .clobber_on_failure = true}

static const char *const modes[] = {
    [CI_CHECKOUT_INCREMENTAL] = "incremental", [CI_CHECKOUT_FULL] = "full", NULL};
static const char *const methods[] = {
    [CI_CHECKOUT_FRESH] = "fresh",
    [CI_CHECKOUT_CLEAN] = "clean",
    [CI_CHECKOUT_COPY] = "copy",
    [CI_CHECKOUT_CLOBBER] = "clobber",
    NULL,
};

#define AT(member) offsetof(struct ci_checkout, member)
static const struct key checkout_keys[] = {
    KEY("repository", KEY_STR, AT(repository), KEY_NOT_EMPTY | KEY_RENDER,
        "What to check out; default: the repository of the build.",
        .example = "https://git.example/app.git", .alias = "repourl", .check = check_one_line),
    KEY("branch", KEY_STR, AT(branch), KEY_NOT_EMPTY | KEY_RENDER,
        "Branch to check out; default: the build's, or else the repository's own.",
        .example = "main", .check = check_one_line),
    KEY("codebase", KEY_STR, AT(codebase), 0, "Which of the build's sources it is; default \"\".",
        .example = "client"),
    KEY("mode", KEY_ENUM, AT(mode), 0,
        "incremental: what is there is updated; full: nothing of earlier builds stays; default "
        "incremental.",
        .example = "full", .names = modes),
    KEY("method", KEY_ENUM, AT(method), 0,
        "Of mode full: fresh (nothing untracked stays), clean (ignored files stay), copy (from the "
        "folder source) or clobber (all anew); default fresh.",
        .example = "clean", .names = methods),
    KEY("always_use_latest", KEY_BOOL, AT(always_use_latest), 0,
        "Whether the newest revision is taken, not the build's; default false.", .example = "true"),
    KEY("retries", KEY_INT, AT(retries), 0,
        "How often what talks to the server is repeated; default 3.", .example = "5", .max = 100),
    KEY("retry_delay", KEY_DUR, AT(retry_delay), 0, "Time before each repetition; default 5s.",
        .example = "30s"),
    KEY("clobber_on_failure", KEY_BOOL, AT(clobber_on_failure), 0,
        "Whether a failure makes one more try in an empty folder; default true.",
        .example = "false"),
};
#undef AT

static void finish_checkout(struct decode *d, const struct node *map, void *out)
{
    const struct ci_checkout *checkout = out;
    const struct node *method = node_get(map, "method");

    if (method && checkout->mode != CI_CHECKOUT_FULL)
        complain(d, method, "\"method\" needs \"mode: full\"");
}

static const struct section checkout = {SECTION_KEYS(checkout_keys), .finish = finish_checkout};

static const char *check_filter(const char *text, void *mem)
{
    if (strncmp(text, "blob:", 5) == 0 || strncmp(text, "tree:", 5) == 0 ||
        strncmp(text, "object:", 7) == 0 || strncmp(text, "sparse:", 7) == 0 ||
        strncmp(text, "combine:", 8) == 0)
        return check_one_line(text, mem);
    return ci_mem_printf(mem, "\"%.60s\" is no filter of git, such as blob:none or tree:0", text);
}

static const char *check_remote(const char *text, void *mem)
{
    return check_identifier(text, mem);
}

#define AT(member) offsetof(struct ci_git_args, member)
static const struct key git_keys[] = {
    KEY("submodules", KEY_BOOL, AT(submodules), 0,
        "Whether submodules are checked out too; default false.", .example = "true"),
    KEY("lfs", KEY_BOOL, AT(lfs), 0, "Whether large files (LFS) are fetched; default false.",
        .example = "true"),
    KEY("tags", KEY_BOOL, AT(tags), 0, "Whether tags are fetched; default false.",
        .example = "true"),
    KEY("progress", KEY_BOOL, AT(progress), 0, "Whether the log shows progress; default true.",
        .example = "false"),
    KEY("depth", KEY_INT, AT(depth), 0, "Commits of history to fetch; default 0 = all of them.",
        .example = "1", .alias = "shallow"),
    KEY("filter", KEY_STR, AT(filter), KEY_NOT_EMPTY,
        "Partial clone: objects that are fetched only when needed; default: none.",
        .example = "\"blob:none\"", .alias = "filters", .check = check_filter),
    KEY("reference", KEY_STR, AT(reference), KEY_NOT_EMPTY,
        "Folder on the worker with a mirror whose objects are used; default: none.",
        .example = "/var/cache/git/app.git", .check = check_one_line),
    KEY("origin", KEY_STR, AT(origin), KEY_NOT_EMPTY, "Name of the remote; default origin.",
        .example = "upstream", .check = check_remote),
    KEY("config", KEY_KVS, AT(config), KEY_RENDER, "Settings of git for its commands (-c).",
        .example = "{http.version: HTTP/1.1}"),
    GIT_CREDENTIAL_KEYS,
    KEY("describe", KEY_BOOL, AT(describe), 0,
        "Whether git describe --tags --always becomes the property commit-description; default "
        "false.",
        .example = "true", .alias = "get_description"),
};
#undef AT

static void finish_git(struct decode *d, const struct node *map, void *out)
{
    const struct ci_git_args *git = out;

    if (git->ssh_known_hosts && git->ssh_host_key)
        complain(d, node_get(map, "ssh_host_key"),
                 "\"ssh_host_key\" and \"ssh_known_hosts\" exclude each other");
    if (git->user && !git->token)
        complain(d, node_get(map, "user"), "\"user\" needs a \"token\"");
}

static const struct ci_git_args git_defaults = {CHECKOUT, .progress = true, .origin = "origin"};
static const struct section git_args = {
    SECTION_KEYS(git_keys),  .base = &checkout,         .size = sizeof(struct ci_git_args),
    .primary = "repository", .defaults = &git_defaults, .finish = finish_git,
};
STEP(git, CI_STEP_GIT, "Checks out sources from git; a failure halts the build.",
     config_step_halts);

#define AT(member) offsetof(struct ci_hg_args, member)
static const char *const branch_types[] = {"dirname", "inrepo", NULL};
static const struct key hg_keys[] = {
    KEY("branch_type", KEY_EITHER, AT(branch_in_repository), 0,
        "inrepo: branches are named in the repository; dirname: they are part of the URL; default "
        "inrepo.",
        .example = "dirname", .names = branch_types),
    KEY("default_branch", KEY_STR, AT(default_branch), KEY_NOT_EMPTY,
        "Branch when neither step nor build names one; default default.", .example = "stable",
        .check = check_one_line),
    KEY("clobber_on_branch_change", KEY_BOOL, AT(clobber_on_branch_change), 0,
        "Whether another branch is checked out into an empty folder; default true.",
        .example = "false"),
};
#undef AT
static const struct ci_hg_args hg_defaults = {CHECKOUT, .branch_in_repository = true,
                                              .default_branch = "default",
                                              .clobber_on_branch_change = true};
static const struct section hg_args = {
    SECTION_KEYS(hg_keys),   .base = &checkout,        .size = sizeof(struct ci_hg_args),
    .primary = "repository", .defaults = &hg_defaults,
};
STEP(hg, CI_STEP_HG, "Checks out sources from Mercurial; a failure halts the build.",
     config_step_halts);

static const char *check_depth(const char *text, void *mem)
{
    static const char *const depths[] = {"empty", "files", "immediates", "infinity"};

    for (size_t i = 0; i < CI_COUNT(depths); i++) {
        if (strcmp(depths[i], text) == 0)
            return NULL;
    }
    return ci_mem_printf(
        mem, "unrecognized value \"%.60s\" (known: empty, files, immediates, infinity)", text);
}

#define AT(member) offsetof(struct ci_svn_args, member)
static const struct key svn_keys[] = {
    KEY("user", KEY_STR, AT(user), KEY_NOT_EMPTY | KEY_RENDER,
        "Name to sign in with; default: "
        "none.",
        .example = "ci", .alias = "username"),
    KEY("password", KEY_STR, AT(password), KEY_NOT_EMPTY | KEY_RENDER,
        "Password to sign in with; default: none.", .example = "\"%(secret:svn)s\""),
    KEY("extra_args", KEY_STRS, AT(extra_args), KEY_NOT_EMPTY | KEY_RENDER,
        "Further arguments of every svn command; default: none.", .example = "[--no-auth-cache]"),
    KEY("depth", KEY_STR, AT(depth), KEY_NOT_EMPTY,
        "How deep: empty, files, immediates or infinity; default infinity.", .example = "files",
        .check = check_depth),
    KEY("prefer_last_changed_rev", KEY_BOOL, AT(prefer_last_changed_rev), 0,
        "Whether got_revision is that of the last change below the folder; default false.",
        .example = "true"),
};
#undef AT
static const struct ci_svn_args svn_defaults = {CHECKOUT};
static const struct section svn_args = {
    SECTION_KEYS(svn_keys),  .base = &checkout,         .size = sizeof(struct ci_svn_args),
    .primary = "repository", .defaults = &svn_defaults,
};
STEP(svn, CI_STEP_SVN,
     "Checks out sources from Subversion, the branch being a folder below the repository; a "
     "failure halts the build.",
     config_step_halts);

/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a working copy, and what its kinds have in common. */
#include "working_copy.h"

#include "shared/clock.h"
#include "shared/proc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROGRAM_SECONDS = 300, ENV_MAX = 16 };

static const struct kind {
    const char *name, *mark;
    bool (*read)(struct working_copy *copy, void *mem, struct ci_err *err);
} kinds[] = {
    {"git", ".git", working_copy_git},
    {"hg",  ".hg",  working_copy_hg },
    {"svn", ".svn", working_copy_svn},
};

bool working_copy_find(const char *folder, void *mem, struct working_copy *out, struct ci_err *err)
{
    char *path = realpath(folder, NULL);
    char *at = ci_mem_strdup(mem, path ? path : "/");

    free(path);
    for (char *slash = at; slash; *slash = '\0') {
        for (size_t i = 0; i < CI_COUNT(kinds); i++) {
            if (access(ci_mem_printf(mem, "%s/%s", at, kinds[i].mark), F_OK) != 0)
                continue;
            out->vcs = kinds[i].name;
            out->root = *at ? at : "/";
            return true;
        }
        slash = strrchr(at, '/');
        if (!slash)
            break;
    }
    return ci_fail(err, CI_EINVALID, "%s is in no working copy of git, hg or svn", folder);
}

bool working_copy_read(struct working_copy *copy, void *mem, struct ci_err *err)
{
    for (size_t i = 0; i < CI_COUNT(kinds); i++)
        if (strcmp(kinds[i].name, copy->vcs) == 0)
            return kinds[i].read(copy, mem, err);
    return ci_fail(err, CI_EINVALID, "no working copy");
}

const char *working_copy_public_url(void *mem, const char *url)
{
    const char *host = strstr(url, "://"), *at, *colon;
    size_t scheme;

    if (!host)
        return url;
    scheme = (size_t)(host - url) + 3;
    host += 3;
    at = memrchr(host, '@', strcspn(host, "/"));
    colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
    if (!at)
        return url;
    /* ssh needs the user to be the same URL; HTTP does not. */
    if (strncmp(url, "http", 4) == 0)
        return ci_mem_printf(mem, "%.*s%s", (int)scheme, url, at + 1);
    return colon ? ci_mem_printf(mem, "%.*s%s", (int)(colon - url), url, at) : url;
}

static bool run(const struct working_copy *copy, const char *const *argv, const char *const *more,
                void *mem, struct ci_proc_result *result, struct ci_err *err)
{
    const char *env[ENV_MAX] = {"LC_ALL=C.UTF-8", "LANGUAGE=", "GIT_OPTIONAL_LOCKS=0",
                                "GIT_TERMINAL_PROMPT=0", "HGPLAIN=1"};

    for (size_t i = 5; more && *more && i + 1 < ENV_MAX; i++)
        env[i] = *more++;
    return ci_proc_run(
        &(struct ci_proc){
            .argv = argv, .env = env, .dir = copy->root, .timeout = ci_seconds(PROGRAM_SECONDS)},
        mem, result, err);
}

bool working_copy_run(const struct working_copy *copy, const char *const *argv,
                      const char *const *env, void *mem, struct ci_bytes *out, struct ci_err *err)
{
    struct ci_proc_result result;

    if (!run(copy, argv, env, mem, &result, err))
        return false;
    if (result.exit_code != 0)
        return ci_fail(err, CI_EINVALID, "%s %s: %.*s", argv[0], argv[1],
                       (int)strcspn(result.err_text, "\n"), result.err_text);
    *out = result.out;
    return true;
}

const char *working_copy_ask(const struct working_copy *copy, const char *const *argv, void *mem)
{
    struct ci_proc_result result;
    struct ci_err ignored;
    const char *text;

    if (!run(copy, argv, NULL, mem, &result, &ignored) || result.exit_code != 0)
        return NULL;
    text = ci_mem_strndup(mem, result.out.data, strcspn(result.out.data, "\n"));
    return *text ? text : NULL;
}

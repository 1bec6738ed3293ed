/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of repositories and commits. */
#include "change.h"

#include <ctype.h>
#include <string.h>

/* "host/path" in mem, or the text itself for a local path. */
static char *normalized(const char *address, void *mem)
{
    const char *scheme = strstr(address, "://"), *rest = scheme ? scheme + 3 : address;
    const char *at = strchr(rest, '@'), *slash = strchr(rest, '/'), *colon = strchr(rest, ':');
    char *out, *end;
    size_t host;

    if (!scheme && !(colon && (!slash || colon < slash))) {
        out = ci_mem_strdup(mem, address); /* a path */
        host = 0;
    } else {
        if (at && (!slash || at < slash))
            rest = at + 1;
        out = ci_mem_strdup(mem, rest);
        if (!scheme && strchr(out, ':'))
            *strchr(out, ':') = '/';
        host = strcspn(out, "/");
    }
    for (size_t i = 0; i < host; i++)
        out[i] = (char)tolower((unsigned char)out[i]);
    for (end = out + strlen(out); end > out + 1 && end[-1] == '/';)
        *--end = '\0';
    if (end - out > 4 && strcmp(end - 4, ".git") == 0)
        end[-4] = '\0';
    return out;
}

/* Cuts ":443" and its like out of "host:443/path". */
static void drop_default_port(char *text)
{
    static const char *const ports[] = {":443/", ":80/", ":22/", ":9418/"};

    for (size_t i = 0; i < CI_COUNT(ports); i++) {
        char *found = strstr(text, ports[i]);
        size_t len = strlen(ports[i]) - 1;

        if (found && found < strchr(text, '/')) {
            memmove(found, found + len, strlen(found + len) + 1);
            return;
        }
    }
}

bool repository_same(const char *a, const char *b, void *mem)
{
    char *left = normalized(a, mem), *right = normalized(b, mem);

    drop_default_port(left);
    drop_default_port(right);
    return strcmp(left, right) == 0;
}

const struct ci_change_source *change_source_of(const struct ci_config *config,
                                                const char *const *addresses, size_t count,
                                                void *mem)
{
    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        for (size_t i = 0; i < count; i++)
            if (addresses[i] && addresses[i][0] &&
                repository_same(source->repository, addresses[i], mem))
                return source;
    return NULL;
}

const char *change_revlink(const char *repository, const char *revision, void *mem)
{
    /* Path of a commit's page below the repository's, by the forge's host (Buildbot's revlinks.py). */
    static const struct {
        const char *host, *path;
    } forges[] = {
        {"github.com/", "commit/"}, {"gitlab.com/", "-/commit/"}, {"bitbucket.org/", "commits/"},
    };
    const char *address;

    if (!revision)
        return NULL;
    address = normalized(repository, mem);
    for (size_t i = 0; i < CI_COUNT(forges); i++)
        if (strncmp(address, forges[i].host, strlen(forges[i].host)) == 0)
            return ci_mem_printf(mem, "https://%s/%s%s", address, forges[i].path, revision);
    return NULL;
}

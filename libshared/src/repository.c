/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of repositories, compared and shortened. */
#include "shared/repository.h"

#include <ctype.h>
#include <string.h>

/* Slashes at the end, ".git", and what then is the end again: "/r/.git/" is "/r". */
static void cut_suffix(char *text)
{
    char *end = text + strlen(text);

    while (end > text + 1 && end[-1] == '/')
        *--end = '\0';
    if (end - text > 4 && strcmp(end - 4, ".git") == 0)
        *(end -= 4) = '\0';
    while (end > text + 1 && end[-1] == '/')
        *--end = '\0';
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

/* "host:path" and "host:/path", scp's way, as "host/path". */
static void slash_scp(char *text)
{
    char *colon = strchr(text, ':');

    if (!colon)
        return;
    if (colon[1] == '/')
        memmove(colon, colon + 1, strlen(colon));
    else
        *colon = '/';
}

char *ci_repository_short(const char *address, void *mem)
{
    const char *scheme = strstr(address, "://"), *rest = scheme ? scheme + 3 : address;
    const char *at = strchr(rest, '@'), *slash = strchr(rest, '/'), *colon = strchr(rest, ':');
    bool local = !scheme && !(colon && (!slash || colon < slash));
    char *out;

    if (!local && at && (!slash || at < slash))
        rest = at + 1;
    out = ci_mem_strdup(mem, rest);
    if (!local && !scheme)
        slash_scp(out);
    for (size_t i = 0; !local && out[i] && out[i] != '/'; i++)
        out[i] = (char)tolower((unsigned char)out[i]);
    drop_default_port(out);
    cut_suffix(out);
    return out;
}

bool ci_repository_same(const char *a, const char *b)
{
    CI_AUTO_MEM mem = NULL;

    if (strcmp(a, b) == 0)
        return true;
    mem = ci_mem_new();
    return strcmp(ci_repository_short(a, mem), ci_repository_short(b, mem)) == 0;
}

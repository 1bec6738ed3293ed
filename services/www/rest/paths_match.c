/* SPDX-License-Identifier: Apache-2.0 */
/* Matches a path with the table of patterns, segment by segment. */
#include "rest/paths.h"

#include <stdlib.h>
#include <string.h>

/* Buildbot reads "007" as 7 and takes negative numbers. */
static bool is_number(const char *text, size_t len)
{
    size_t at = len && text[0] == '-';

    if (at == len)
        return false;
    for (; at < len; at++)
        if (text[at] < '0' || text[at] > '9')
            return false;
    return true;
}

static bool match_segment(const char *pattern, size_t pattern_len, const char *text, size_t len,
                          void *mem, struct path_match *out)
{
    if (pattern_len != 2 || pattern[0] != ':')
        return pattern_len == len && memcmp(pattern, text, len) == 0;
    if (len == 0 || (pattern[1] == 'n' && !is_number(text, len)))
        return false;
    const char *value = ci_mem_strndup(mem, text, len);
    /* strtoll stops at the largest number, which no row has. */
    out->args[out->nargs++] =
        pattern[1] == 'n' ? ci_arg_i64(strtoll(value, NULL, 10)) : ci_arg_str(value);
    return true;
}

static bool match_rest(const char *path, void *mem, struct path_match *out)
{
    out->args[out->nargs++] = ci_arg_str(ci_mem_strdup(mem, path));
    return *path != '\0';
}

static bool match_pattern(const char *pattern, const char *path, void *mem, struct path_match *out)
{
    out->nargs = 0;
    for (;;) {
        if (strcmp(pattern, "*") == 0)
            return match_rest(path, mem, out);
        size_t pattern_len = strcspn(pattern, "/"), len = strcspn(path, "/");

        if (!match_segment(pattern, pattern_len, path, len, mem, out))
            return false;
        pattern += pattern_len;
        path += len;
        if (!*pattern || !*path)
            return *pattern == *path;
        pattern++;
        path++;
    }
}

static const struct rest_path *match_table(const struct rest_path *table, const char *path,
                                           void *mem, struct path_match *out)
{
    for (const struct rest_path *row = table; row->pattern; row++)
        if (match_pattern(row->pattern, path, mem, out))
            return row;
    return NULL;
}

bool paths_match(const struct rest_path *const *tables, const char *path, void *mem,
                 struct path_match *out)
{
    enum { MOST = 8 };

    out->text = path;
    out->args = ci_mem_array(mem, struct ci_arg, MOST);
    for (; *tables; tables++) {
        out->path = match_table(*tables, path, mem, out);
        if (out->path)
            return true;
    }
    return false;
}

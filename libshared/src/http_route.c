/* SPDX-License-Identifier: Apache-2.0 */
/* The router: which row of a route table a method and a path belong to. */
#include "http_internal.h"

#include <string.h>

/* More than any path of ours has; a pattern with more would be our bug. */
enum { MAX_PARAMS = 8 };

struct raw_param {
    const char *name;
    const char *value;
    size_t name_len, value_len;
};

struct raw_params {
    struct raw_param items[MAX_PARAMS];
    size_t count;
};

static bool is_integer(const char *text, size_t len)
{
    /* 18 digits always fit an int64_t. */
    if (len == 0 || len > 18)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return true;
}

static bool keep(struct raw_params *params, struct raw_param param)
{
    if (params->count == MAX_PARAMS)
        return false;
    params->items[params->count++] = param;
    return true;
}

static bool match_segment(const char *pattern, size_t pattern_len, const char *text, size_t len,
                          struct raw_params *params)
{
    if (pattern_len == 0 || *pattern != ':')
        return pattern_len == len && memcmp(pattern, text, len) == 0;
    if (pattern_len > 3 && strncmp(pattern, ":n:", 3) == 0)
        return is_integer(text, len) &&
               keep(params, (struct raw_param){pattern + 3, text, pattern_len - 3, len});
    return len > 0 && keep(params, (struct raw_param){pattern + 1, text, pattern_len - 1, len});
}

/* Both begin with a slash; compares segment by segment, so that %2F stays inside its segment. */
static bool match_path(const char *pattern, const char *path, struct raw_params *params)
{
    params->count = 0;
    while (*pattern == '/' && *path == '/') {
        size_t pattern_len = strcspn(++pattern, "/");
        size_t len = strcspn(++path, "/");

        if (*pattern == '*')
            return keep(params,
                        (struct raw_param){pattern + 1, path, strlen(pattern + 1), strlen(path)});
        if (!match_segment(pattern, pattern_len, path, len, params))
            return false;
        pattern += pattern_len;
        path += len;
    }
    return *pattern == '\0' && *path == '\0';
}

static bool method_matches(const char *wanted, const char *method)
{
    return strcmp(wanted, "*") == 0 || strcmp(wanted, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(wanted, "GET") == 0);
}

static struct ci_pairs decode_params(const struct raw_params *raw, void *mem)
{
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, raw->count + 1);

    for (size_t i = 0; i < raw->count; i++) {
        const struct raw_param *param = &raw->items[i];

        items[i].name = ci_mem_strndup(mem, param->name, param->name_len);
        items[i].value = ci_url_decode(mem, param->value, param->value_len, false);
    }
    return (struct ci_pairs){items, raw->count};
}

static const char *add_allowed(const char *allow, const char *method, void *mem)
{
    const char *more = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;

    if (!allow)
        return more;
    /* No method's name is part of another's. */
    return strstr(allow, more) ? allow : ci_mem_printf(mem, "%s, %s", allow, more);
}

struct ci_route_match ci_route_find(const struct ci_route *routes, size_t count, const char *method,
                                    const char *path, void *mem)
{
    struct ci_route_match match = {0};
    struct raw_params params;

    for (size_t i = 0; i < count; i++) {
        if (!match_path(routes[i].path, path, &params))
            continue;
        if (method_matches(routes[i].method, method)) {
            match.route = &routes[i];
            match.params = decode_params(&params, mem);
            return match;
        }
        match.allow = add_allowed(match.allow, routes[i].method, mem);
    }
    return match;
}

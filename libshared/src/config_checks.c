/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of single texts: NULL when fine, else what is wrong. */
#include "config_internal.h"
#include "shared/cron.h"
#include "shared/settings.h"

#include <dirent.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* Buildbot's limits: identifiers 50, names of builders 70 bytes. */
enum { IDENTIFIER_MAX = 50, BUILDER_NAME_MAX = 70 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char name_chars[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

/* ^[a-zA-Z_-][a-zA-Z0-9._-]*$, at most 50: what can stand in a path of the REST API. */
const char *check_identifier(const char *text, void *mem)
{
    size_t len = strlen(text);

    if (len > IDENTIFIER_MAX)
        return ci_mem_printf(mem, "\"%.60s\" is longer than %d characters", text, IDENTIFIER_MAX);
    if (len == 0 || strspn(text, name_chars) != len ||
        !(strchr(letters, text[0]) || text[0] == '_' || text[0] == '-'))
        return ci_mem_printf(mem,
                             "\"%s\" is no identifier: letters, digits, \"_\", \"-\" and \".\", "
                             "beginning with none of 0-9 and \".\"",
                             text);
    return NULL;
}

const char *check_one_line(const char *text, void *mem)
{
    (void)mem;
    return strpbrk(text, "\r\n") ? "must be one line" : NULL;
}

const char *check_builder_name(const char *text, void *mem)
{
    if (strlen(text) > BUILDER_NAME_MAX)
        return ci_mem_printf(mem, "\"%.80s\" is longer than %d bytes", text, BUILDER_NAME_MAX);
    if (!*text)
        return "must not be empty";
    if (*text == '_')
        return ci_mem_printf(mem, "\"%s\" must not begin with \"_\"", text);
    return check_one_line(text, mem);
}

const char *check_step_name(const char *text, void *mem)
{
    if (!*text)
        return "must not be empty";
    if (strlen(text) > IDENTIFIER_MAX)
        return ci_mem_printf(mem, "\"%.60s\" is longer than %d bytes", text, IDENTIFIER_MAX);
    return check_one_line(text, mem);
}

const char *check_regex(const char *text, void *mem)
{
    char why[200];
    regex_t regex;
    int status = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);

    if (status == 0) {
        regfree(&regex);
        return NULL;
    }
    (void)regerror(status, &regex, why, sizeof(why));
    return ci_mem_printf(mem, "\"%.100s\" is no regular expression: %s", text, why);
}

const char *check_url(const char *text, void *mem)
{
    const char *rest = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : "";

    if (!*rest || *rest == '/' || strpbrk(text, " \t\r\n\"<>"))
        return ci_mem_printf(mem, "\"%.100s\" is no http:// or https:// URL", text);
    return NULL;
}

const char *check_cron(const char *text, void *mem)
{
    struct ci_cron cron;
    struct ci_err err;

    return ci_cron_parse(text, &cron, &err) ? NULL
                                            : ci_mem_printf(mem, "not a cron time: %s", err.msg);
}

static void close_dir(DIR **dir)
{
    if (*dir)
        (void)closedir(*dir);
}

/* The name in the same folder of the zone database that is nearest to `name`, or NULL. */
static const char *nearest_zone(const char *name, void *mem)
{
    enum { ENTRIES_MAX = 700 };
    const char *slash = strrchr(name, '/');
    int area = slash ? (int)(slash - name) + 1 : 0;
    CI_CLEANUP(close_dir)
    DIR *dir = opendir(ci_mem_printf(mem, "/usr/share/zoneinfo/%.*s", area, name));
    const char **names = ci_mem_array(mem, const char *, ENTRIES_MAX);
    size_t count = 0;
    const struct dirent *entry;

    while (dir && count < ENTRIES_MAX && (entry = readdir(dir)))
        names[count++] = ci_mem_printf(mem, "%.*s%s", area, name, entry->d_name);
    return ci_nearest(name, names, count);
}

const char *check_zone(const char *text, void *mem)
{
    const struct ci_zone *zone;
    const char *nearest;
    struct ci_err err;

    if (ci_zone_load(text, mem, &zone, &err))
        return NULL;
    nearest = err.code == CI_ENOTFOUND ? nearest_zone(text, mem) : NULL;
    return nearest ? ci_mem_printf(mem, "%s (did you mean \"%s\"?)", err.msg, nearest)
                   : ci_mem_strdup(mem, err.msg);
}

/* Below the build's folder, and staying there. */
const char *check_relative_path(const char *text, void *mem)
{
    const char *part = text;

    if (*text == '/')
        return ci_mem_printf(mem, "\"%s\" is not relative", text);
    for (;;) {
        size_t len = strcspn(part, "/");

        if (len == 2 && memcmp(part, "..", 2) == 0)
            return ci_mem_printf(mem, "\"%s\" leaves the build's folder", text);
        if (!part[len])
            return NULL;
        part += len + 1;
    }
}

/* One "ada@example.org" or "Ada <ada@example.org>": the notifier could not take more apart. */
const char *check_address(const char *text, void *mem)
{
    const char *open = strrchr(text, '<'), *start = open ? open + 1 : text;
    size_t len = open ? strcspn(start, ">") : strlen(start);
    const char *address = ci_mem_strndup(mem, start, len), *at = strchr(address, '@');
    bool ends = strcmp(start + len, open ? ">" : "") == 0;

    if (!ends || !at || at == address || !at[1] || strchr(at + 1, '@') ||
        strpbrk(address, "<>,;:\"\\()[] ") || strpbrk(text, "\r\n\t"))
        return ci_mem_printf(mem, "\"%.100s\" is no mail address", text);
    return NULL;
}

const char *check_domain(const char *text, void *mem)
{
    size_t len = strlen(text);

    if (len == 0 || strspn(text, name_chars) != len)
        return ci_mem_printf(mem, "\"%.100s\" is no mail domain", text);
    return NULL;
}

const char *check_signal(const char *text, void *mem)
{
    static const char *const known[] = {"KILL", "INT", "TERM", "QUIT", "HUP"};

    for (size_t i = 0; i < CI_COUNT(known); i++) {
        if (strcmp(known[i], text) == 0)
            return NULL;
    }
    return ci_mem_printf(mem, "unrecognized signal \"%.60s\" (known: KILL, INT, TERM, QUIT, HUP)",
                         text);
}

/* Three digits, or four with the bits above them. */
const char *check_octal(const char *text, void *mem)
{
    size_t len = strlen(text);

    return (len == 3 || len == 4) && strspn(text, "01234567") == len
               ? NULL
               : ci_mem_printf(mem, "\"%.60s\" is no octal mode such as 644", text);
}

const char *check_whole_number(const char *text, void *mem)
{
    const char *digits = text + (*text == '-');
    size_t len = strlen(digits);

    return len > 0 && len < 10 && strspn(digits, "0123456789") == len
               ? NULL
               : ci_mem_printf(mem, "\"%.60s\" is no whole number", text);
}

const char *check_exit_code(const char *text, void *mem)
{
    size_t len = strlen(text);

    return len > 0 && len < 4 && strspn(text, "0123456789") == len && strtol(text, NULL, 10) <= 255
               ? NULL
               : ci_mem_printf(mem, "\"%.60s\" is no exit code from 0 to 255", text);
}

const char *check_result(const char *text, void *mem)
{
    enum ci_result result;

    return ci_result_parse(text, &result)
               ? NULL
               : ci_mem_printf(mem,
                               "unrecognized result \"%.60s\" (known: success, warnings, failure, "
                               "skipped, exception, retry, cancelled)",
                               text);
}

const char *check_description_format(const char *text, void *mem)
{
    return strcmp(text, "markdown") == 0
               ? NULL
               : ci_mem_printf(mem, "unrecognized value \"%.60s\" (known: markdown)", text);
}

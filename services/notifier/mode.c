/* SPDX-License-Identifier: Apache-2.0 */
/* Modes, filters and recipients. */
#include "mode.h"

#include <stdlib.h>
#include <string.h>

bool mode_wants(unsigned mode, int results, struct previous previous)
{
    static const unsigned by_result[CI_RESULT_COUNT] = {
        [CI_SUCCESS] = CI_MODE_PASSING,     [CI_WARNINGS] = CI_MODE_WARNINGS,
        [CI_FAILURE] = CI_MODE_FAILING,     [CI_EXCEPTION] = CI_MODE_EXCEPTION,
        [CI_CANCELLED] = CI_MODE_CANCELLED,
    };

    if (results < 0 || results >= CI_RESULT_COUNT || results == CI_RETRY || results == CI_SKIPPED)
        return false;
    if (mode & by_result[results])
        return true;
    if (!previous.exists || previous.results == results)
        return false;
    return (mode & CI_MODE_CHANGE) || ((mode & CI_MODE_PROBLEM) && results == CI_FAILURE);
}

static bool holds(struct ci_strs list, const char *value)
{
    for (size_t i = 0; value && i < list.count; i++)
        if (strcmp(list.items[i], value) == 0)
            return true;
    return false;
}

static bool any_tag(struct ci_strs wanted, struct ci_strs tags)
{
    for (size_t i = 0; i < tags.count; i++)
        if (holds(wanted, tags.items[i]))
            return true;
    return false;
}

bool notifier_covers(const struct ci_notifier *notifier, const struct build_facts *build)
{
    return (notifier->builders.count == 0 || holds(notifier->builders, build->builder)) &&
           (notifier->tags.count == 0 || any_tag(notifier->tags, build->tags)) &&
           (notifier->branches.count == 0 ||
            holds(notifier->branches, facts_property(build, "branch"))) &&
           (notifier->schedulers.count == 0 ||
            holds(notifier->schedulers, facts_property(build, "scheduler")));
}

/* One "@" with something on both sides, and nothing that could end a header or an SMTP command. */
static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');

    if (!at || at == text || !at[1] || strchr(at + 1, '@') || strlen(text) > 254)
        return false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("<>,;:\"\\()[]", *p))
            return false;
    return true;
}

const char *mail_address(const char *text, const char *lookup, void *mem)
{
    const char *open = strrchr(text, '<'), *close = open ? strchr(open, '>') : NULL;
    const char *address = close ? ci_mem_strndup(mem, open + 1, (size_t)(close - open - 1)) : text;
    const char *at = strchr(address, '@'), *again = at ? strchr(at + 1, '@') : NULL;

    if (again) /* git-svn and others append "@<host>" to what is an address already */
        address = ci_mem_strndup(mem, address, (size_t)(again - address));
    if (!strchr(address, '@') && lookup && *address)
        address = ci_mem_printf(mem, "%s@%s", address, lookup);
    return is_address(address) ? address : NULL;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Adds an address unless it is there, or in `not`. */
static void add(const char **list, size_t *count, const char *address, struct ci_strs not )
{
    if (address && !holds((struct ci_strs){list, *count}, address) && !holds(not, address))
        list[(*count)++] = address;
}

static struct ci_strs interested(const struct ci_notifier *notifier,
                                 const struct build_facts *build, void *mem)
{
    const char **list = ci_mem_array(mem, const char *, build->changes.count + 1);
    const char *owner = facts_property(build, "owner");
    size_t n = 0;

    if (!notifier->send_to_interested_users)
        return (struct ci_strs){0};
    CI_FOREACH(const struct change_facts, change, build->changes)
        add(list, &n, mail_address(change->author, notifier->lookup, mem), (struct ci_strs){0});
    if (owner)
        add(list, &n, mail_address(owner, notifier->lookup, mem), (struct ci_strs){0});
    qsort(list, n, sizeof(*list), compare);
    return (struct ci_strs){list, n};
}

struct recipients notifier_recipients(const struct ci_notifier *notifier,
                                      const struct build_facts *build, void *mem)
{
    struct ci_strs extra = notifier->extra_recipients;
    const char **list = ci_mem_array(mem, const char *, extra.count);
    struct recipients out = {.to = interested(notifier, build, mem)};
    struct ci_strs others;
    size_t n = 0;

    for (size_t i = 0; i < extra.count; i++)
        add(list, &n, mail_address(extra.items[i], NULL, mem), out.to);
    qsort(list, n, sizeof(*list), compare);
    others = (struct ci_strs){list, n};
    if (out.to.count > 0)
        out.cc = others;
    else
        out.to = others;
    return out;
}

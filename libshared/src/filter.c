/* SPDX-License-Identifier: Apache-2.0 */
/* Change filters: whether a value passes a condition, and in words why it does not. */
#include "shared/filter.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

static const struct ci_field candidate_fields[] = {
    CI_FIELD(struct ci_candidate, changeid, CI_REQUIRED),
    CI_FIELD(struct ci_candidate, author, 0),
    CI_FIELD(struct ci_candidate, branch, 0),
    CI_FIELD(struct ci_candidate, revision, 0),
    CI_FIELD(struct ci_candidate, repository, 0),
    CI_FIELD(struct ci_candidate, project, 0),
    CI_FIELD(struct ci_candidate, codebase, 0),
    CI_FIELD(struct ci_candidate, category, 0),
    CI_FIELD(struct ci_candidate, files, 0),
    CI_FIELD(struct ci_candidate, properties, 0),
    CI_FIELD(struct ci_candidate, important, 0),
};
const struct ci_record ci_candidate_record =
    CI_RECORD("change", struct ci_candidate, candidate_fields);

/* The part of a condition that a value fails. */
enum failing { FAILS_NOTHING, FAILS_EQ, FAILS_NOT_EQ, FAILS_RE, FAILS_NOT_RE };

static bool is_one_of(struct ci_strs list, const char *value)
{
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.items[i], value) == 0)
            return true;
    return false;
}

/* Patterns match at the start of the value, as Python's re.match does. */
static bool pattern_matches(const char *pattern, const char *value)
{
    regex_t regex;
    regmatch_t match;
    bool matches;

    if (regcomp(&regex, pattern, REG_EXTENDED) != 0)
        return false; /* the configuration's check has refused it already */
    matches = regexec(&regex, value, 1, &match, 0) == 0 && match.rm_so == 0;
    regfree(&regex);
    return matches;
}

static bool any_pattern(struct ci_strs patterns, const char *value)
{
    for (size_t i = 0; value && i < patterns.count; i++)
        if (pattern_matches(patterns.items[i], value))
            return true;
    return false;
}

static enum failing match_fails(const struct ci_match *match, const char *value)
{
    bool wants_eq = match->eq.count > 0 || match->eq_null;

    if (!match->given)
        return FAILS_NOTHING;
    if (wants_eq && !(value ? is_one_of(match->eq, value) : match->eq_null))
        return FAILS_EQ;
    if (value && is_one_of(match->not_eq, value))
        return FAILS_NOT_EQ;
    if (match->re.count > 0 && !any_pattern(match->re, value))
        return FAILS_RE;
    return any_pattern(match->not_re, value) ? FAILS_NOT_RE : FAILS_NOTHING;
}

/* The condition that failed, with what it was asked about. */
struct failure {
    enum failing part;
    const struct ci_match *match;
    const char *what, *value, *property; /* property: its name, else NULL */
};

static bool fails(const struct ci_match *match, const char *what, const char *value,
                  struct failure *out)
{
    *out = (struct failure){match_fails(match, value), match, what, value, NULL};
    return out->part != FAILS_NOTHING;
}

/* A property's value as text, to be freed; NULL when the change has none of that name. */
static char *property_text(const json_t *properties, const char *name)
{
    const json_t *value = json_array_get(json_object_get(properties, name), 0);

    if (!value || json_is_null(value))
        return NULL;
    return json_is_string(value) ? strdup(json_string_value(value))
                                 : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* The value of a failure goes into mem; without mem there is none. */
static bool property_fails(const struct ci_property_match *wanted, const json_t *properties,
                           void *mem, struct failure *out)
{
    char *text = property_text(properties, wanted->name);
    bool failed = fails(&wanted->match, "property", text, out);

    out->property = wanted->name;
    out->value = mem ? ci_mem_strdup(mem, text) : NULL;
    free(text);
    return failed;
}

static bool filter_fails(const struct ci_change_filter *filter, const struct ci_candidate *change,
                         void *mem, struct failure *out)
{
    if (!filter->given)
        return false;
    if (fails(&filter->project, "project", change->project, out) ||
        fails(&filter->repository, "repository", change->repository, out) ||
        fails(&filter->branch, "branch", change->branch, out) ||
        fails(&filter->category, "category", change->category, out) ||
        fails(&filter->codebase, "codebase", change->codebase, out))
        return true;
    CI_FOREACH(const struct ci_property_match, wanted, filter->properties)
        if (property_fails(wanted, change->properties, mem, out))
            return true;
    return false;
}

bool ci_filter_matches(const struct ci_change_filter *filter, const struct ci_candidate *change)
{
    struct failure failure;

    return !filter_fails(filter, change, NULL, &failure);
}

static void put_list(struct ci_buf *out, struct ci_strs list, bool null)
{
    for (size_t i = 0; i < list.count; i++)
        ci_buf_printf(out, "%s%s", i ? ", " : "", list.items[i]);
    if (null)
        ci_buf_puts(out, list.count ? ", null" : "null");
}

static const char *describe(const struct failure *failure, void *mem)
{
    const struct ci_match *match = failure->match;
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_puts(&out, failure->what);
    if (failure->property)
        ci_buf_printf(&out, " %s", failure->property);
    if (failure->value)
        ci_buf_printf(&out, " \"%s\"", failure->value);
    else
        ci_buf_puts(&out, " null");
    switch (failure->part) {
    case FAILS_NOTHING:
        break;
    case FAILS_EQ:
        ci_buf_puts(&out, " is none of ");
        put_list(&out, match->eq, match->eq_null);
        break;
    case FAILS_NOT_EQ:
        ci_buf_puts(&out, " is one of those left out: ");
        put_list(&out, match->not_eq, false);
        break;
    case FAILS_RE:
        ci_buf_puts(&out, " matches none of ");
        put_list(&out, match->re, false);
        break;
    case FAILS_NOT_RE:
        ci_buf_puts(&out, " matches one of those left out: ");
        put_list(&out, match->not_re, false);
        break;
    }
    return out.text;
}

const char *ci_filter_explain(const struct ci_change_filter *filter,
                              const struct ci_candidate *change, void *mem)
{
    struct failure failure;

    return filter_fails(filter, change, mem, &failure) ? describe(&failure, mem) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which older requests a new one collapses or cancels: the rules, without I/O. */
#include "shared/collapse.h"

#include "shared/filter.h"

#include <regex.h>
#include <string.h>

static const char *text(json_t *source, const char *key)
{
    return json_string_value(json_object_get(source, key));
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_member(json_t *a, json_t *b, const char *key)
{
    return same_text(text(a, key), text(b, key));
}

static json_t *source_of(json_t *sources, const char *codebase)
{
    size_t i;
    json_t *source;

    json_array_foreach(sources, i, source)
        if (same_text(text(source, "codebase"), codebase))
            return source;
    return NULL;
}

/* The same codebases, and in each the same place without a patch; with `exact` the same revision.
 */
static bool same_sources(json_t *older, json_t *newer, bool exact)
{
    size_t i;
    json_t *a;

    if (json_array_size(older) != json_array_size(newer))
        return false;
    json_array_foreach(older, i, a) {
        json_t *b = source_of(newer, text(a, "codebase"));

        if (!b || !same_member(a, b, "repository") || !same_member(a, b, "branch") ||
            !same_member(a, b, "project") || json_is_true(json_object_get(a, "patched")) ||
            json_is_true(json_object_get(b, "patched")))
            return false;
        if (exact && !same_member(a, b, "revision"))
            return false;
    }
    return true;
}

/* Whether every property of `a` that a scheduler set is the same in `b`. */
static bool scheduler_properties_in(json_t *a, json_t *b)
{
    const char *name;
    json_t *value;

    json_object_foreach(a, name, value) {
        const char *source = json_string_value(json_array_get(value, 1));

        if (source && strcmp(source, "Scheduler") == 0 && strcmp(name, "scheduler") != 0 &&
            !json_equal(value, json_object_get(b, name)))
            return false;
    }
    return true;
}

bool ci_collapse_allows(enum ci_collapse mode, const struct ci_rival *older,
                        const struct ci_rival *newer)
{
    bool exact = mode == CI_COLLAPSE_COMPARE && !older->has_changes && !newer->has_changes;

    if (mode == CI_COLLAPSE_OFF || older->claimed || older->builderid != newer->builderid ||
        older->buildrequestid >= newer->buildrequestid)
        return false;
    if (older->bsid == newer->bsid)
        return true;
    if (!same_sources(older->sources, newer->sources, exact))
        return false;
    return mode == CI_COLLAPSE_ON ||
           (older->has_changes == newer->has_changes &&
            scheduler_properties_in(older->properties, newer->properties) &&
            scheduler_properties_in(newer->properties, older->properties));
}

/* refs/changes/34/1234/5 is an iteration of refs/changes/34/1234: how much of it names the change.
 */
static size_t branch_key_len(const struct ci_canceller *canceller, const char *branch)
{
    static const char prefix[] = "refs/changes/";
    const char *last = strrchr(branch, '/');

    if (!canceller->merge_gerrit_iterations || strncmp(branch, prefix, sizeof(prefix) - 1) != 0)
        return strlen(branch);
    return strcspn(last + 1, "0123456789") == 0 ? (size_t)(last - branch) : strlen(branch);
}

static bool same_branch(const struct ci_canceller *canceller, const char *a, const char *b)
{
    size_t len;

    if (!a || !b)
        return false;
    len = branch_key_len(canceller, a);
    return len == branch_key_len(canceller, b) && strncmp(a, b, len) == 0;
}

static bool filter_passes(const struct ci_canceller *canceller, json_t *source)
{
    const struct ci_candidate facts = {
        .repository = text(source, "repository"),
        .project = text(source, "project"),
        .codebase = text(source, "codebase"),
        .branch = text(source, "branch"),
        .revision = text(source, "revision"),
    };

    return ci_filter_matches(&canceller->source_filter, &facts);
}

static bool shares_branch(const struct ci_canceller *canceller, json_t *older, json_t *newer)
{
    size_t i;
    json_t *a;

    json_array_foreach(older, i, a) {
        json_t *b = source_of(newer, text(a, "codebase"));

        if (b && same_member(a, b, "project") && same_member(a, b, "repository") &&
            same_branch(canceller, text(a, "branch"), text(b, "branch")) &&
            filter_passes(canceller, a) && filter_passes(canceller, b))
            return true;
    }
    return false;
}

static bool names_builder(const struct ci_canceller *canceller, const char *builder)
{
    for (size_t i = 0; i < canceller->builders.count; i++) {
        if (strcmp(canceller->builders.items[i], builder) == 0)
            return true;
    }
    return canceller->builders.count == 0;
}

bool ci_canceller_ends(const struct ci_canceller *canceller, const struct ci_rival *older,
                       const struct ci_rival *newer)
{
    return canceller->type == CI_CANCEL_OLD_BUILD && newer->has_changes &&
           older->builderid == newer->builderid && older->bsid != newer->bsid &&
           older->buildrequestid < newer->buildrequestid &&
           names_builder(canceller, newer->builder) &&
           shares_branch(canceller, older->sources, newer->sources);
}

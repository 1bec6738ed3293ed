/* SPDX-License-Identifier: Apache-2.0 */
/* What Bitbucket's Cloud and Server dialects share. */
#pragma once

#include "hooks/hook_json.h"

/* Who did it, and where. */
struct bitbucket {
    const char *product; /* "Cloud", "Server" */
    const char *author;
    const char *page, *slash; /* of the repository, and what goes between it and "commits/" */
    struct hook_names names;
};

/* An event about pull requests, and the category of its changes. */
struct bitbucket_event {
    const char *event, *category;
};
/* NULL for an event that is not there. */
const char *bitbucket_category(const struct bitbucket_event *events, size_t count,
                               const char *event);

/* The text at the first of the paths that has one. */
const char *bitbucket_first(json_t *json, const char *const *paths, size_t count);

/* A ref that moved; gone: it was deleted, and `revision` is what it was. */
void bitbucket_add(const struct hook *hook, const struct bitbucket *from, const char *ref_type,
                   const char *ref, const char *revision, bool gone, struct new_change *out);
/* {push: {changes: [{new, old}]}} */
CI_MUST_USE bool bitbucket_push(const struct hook *hook, json_t *payload,
                                const struct bitbucket *from, struct delivery *out,
                                struct ci_err *err);
/* The merge of a pull request, or the branch that it ended at. */
CI_MUST_USE bool bitbucket_pull(const struct hook *hook, json_t *pull, const struct bitbucket *from,
                                const char *category, struct delivery *out, struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the dialects share: payloads, people, files, commits, names. Every json_t
 * is borrowed and may be NULL; what comes back lives in the request's mem.
 */
#pragma once

#include "hooks/hook.h"

/* The value at "a.b.0.c", digits being places in lists; or NULL. */
json_t *hook_get(json_t *json, const char *path);
/* The text there, or NULL when it is none. */
const char *hook_text(json_t *json, const char *path);

/* A field of the query as UTF-8, or NULL. */
const char *hook_query(const struct hook *hook, const char *name);

/* Which Content-Types carry the payload. */
enum hook_form { HOOK_ANY_TYPE, HOOK_JSON_ONLY, HOOK_JSON_OR_FORM };
/* The body, or its form field `payload`; always an object. */
CI_MUST_USE bool hook_payload(const struct hook *hook, enum hook_form form, json_t **out,
                              struct ci_err *err);

/* "name <mail>", or what there is of it. */
const char *hook_person(void *mem, const char *name, const char *mail);

/* Whether the message holds one of the option `skips`. */
bool hook_skips(const struct hook *hook, const char *message);

/* Sets properties[name] = [value, "Change"]; takes value; NULL sets nothing. */
void hook_property(json_t *properties, const char *name, json_t *value);
/* The same with a text, or NULL. */
void hook_property_text(json_t *properties, const char *name, const char *text);
/* Those leaves of the payload, called prefix.path, that the option `properties` names. */
void hook_properties(const struct hook *hook, const char *prefix, json_t *payload,
                     json_t *properties);

/* Where a repository is known by. */
struct hook_names {
    const char *repository;         /* what the payload would have it called */
    const char *project, *codebase; /* likewise, or NULL */
    const char *addresses[8];       /* all it can be reached by; NULL ones are passed over */
};
/*
 * Names the change as the poller of this repository does, so that hook and
 * poller make one change; without one, as the payload does.
 */
void hook_name(const struct hook *hook, const struct hook_names *names, struct new_change *change);

/* A push as most forges tell it. */
struct hook_push {
    json_t
        *commits; /* {id, message, timestamp, url, author, committer, added, modified, removed} */
    bool newest_first;
    const char *branch, *category;
    json_t *properties; /* borrowed; each change gets its own copy */
    struct hook_names names;
};
/* A change of each commit. */
CI_MUST_USE bool hook_push_changes(const struct hook *hook, const struct hook_push *push,
                                   struct delivery *out, struct ci_err *err);

/* The branch or tag of "refs/heads/x" or "refs/tags/x"; NULL for other refs. */
const char *hook_branch(const char *ref, bool *tag);
/* Whether it is an object's id of nothing but zeros: what a ref that is not there points at. */
bool hook_is_zero(const char *revision);

/* Ends of a delivery without changes; all return true. The reason is kept in the ledger. */
bool hook_ignore(struct delivery *out, const char *reason);
bool hook_filter(struct delivery *out, const char *reason);
bool hook_unknown(const struct hook *hook, struct delivery *out, const char *event);

/* One change, zeroed, in out. */
struct new_change *hook_one_change(const struct hook *hook, struct delivery *out);

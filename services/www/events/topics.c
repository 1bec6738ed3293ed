/* SPDX-License-Identifier: Apache-2.0 */
#include "events/topics.h"

#include "shared/subjects.h"

#include <string.h>

enum { MOST_SEGMENTS = 12 };

bool topic_matches(const char *pattern, const char *key)
{
    for (;;) {
        size_t wanted = strcspn(pattern, "/"), len = strcspn(key, "/");
        bool any = wanted == 1 && *pattern == '*';

        if (!any && (wanted != len || memcmp(pattern, key, len) != 0))
            return false;
        pattern += wanted;
        key += len;
        if (!*pattern || !*key)
            return *pattern == *key;
        pattern++;
        key++;
    }
}

bool topic_is_valid(const char *pattern)
{
    for (int segments = 1; segments <= MOST_SEGMENTS; segments++) {
        size_t len = strcspn(pattern, "/");

        if (len == 0)
            return false;
        if (pattern[len] == '\0')
            return true;
        pattern += len + 1;
    }
    return false;
}

/* A further key of a resource's events; each "%" stands for the next of the payload's members. */
static const struct second_key {
    const char *resource, *pattern, *members[3];
} second_keys[] = {
    {"builds",        "builders/%/builds/%",        {"builderid", "number"}                      },
    {"builds",        "workers/%/builds/%",         {"workerid", "buildid"}                      },
    {"buildrequests", "builders/%/buildrequests/%", {"builderid", "buildrequestid"}              },
    {"buildrequests",
     "buildsets/%/builders/%/buildrequests/%",      {"buildsetid", "builderid", "buildrequestid"}},
    {"steps",         "builds/%/steps/%",           {"buildid", "stepid"}                        },
    {"commits",       "codebases/%/commits/%",      {"codebaseid", "commitid"}                   },
    {"logs",          "steps/%/logs/%",             {"stepid", "slug"}                           },
};

/* Appends a member that is a number or a text; false when it is neither. */
static bool add_member(struct ci_buf *out, const json_t *payload, const char *member)
{
    const json_t *value = json_object_get(payload, member);

    if (json_is_integer(value))
        ci_buf_printf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_string(value))
        ci_buf_puts(out, json_string_value(value));
    else
        return false;
    return true;
}

/* NULL when the payload lacks a member: not every event carries the whole resource. */
static const char *fill(const struct second_key *second, const json_t *payload, const char *what,
                        void *mem)
{
    struct ci_buf out;
    size_t member = 0;

    ci_buf_init(&out, mem);
    for (const char *at = second->pattern; *at; at++) {
        if (*at != '%')
            ci_buf_add(&out, at, 1);
        else if (!add_member(&out, payload, second->members[member++]))
            return NULL;
    }
    ci_buf_printf(&out, "/%s", what);
    return out.text;
}

size_t topics_of(const char *subject, const json_t *payload, void *mem,
                 const char *keys[TOPIC_KEYS])
{
    size_t prefix = strlen(CI_SUBJECT_EVENT_PREFIX), count = 0;

    if (strncmp(subject, CI_SUBJECT_EVENT_PREFIX, prefix) != 0)
        return 0;
    char *key = ci_mem_strdup(mem, subject + prefix);
    for (char *at = key; *at; at++)
        if (*at == '.')
            *at = '/';
    keys[count++] = key;
    size_t resource = strcspn(key, "/");
    const char *id = key[resource] ? key + resource + 1 : "";
    const char *what = id[strcspn(id, "/")] ? id + strcspn(id, "/") + 1 : "";
    /* "builds/7/properties/update" is about something else than the build; a cancel has one key. */
    if (!*what || strchr(what, '/') || strcmp(what, "cancel") == 0)
        return count;
    for (size_t i = 0; i < CI_COUNT(second_keys) && count < TOPIC_KEYS; i++) {
        const struct second_key *second = &second_keys[i];

        if (strlen(second->resource) == resource && memcmp(second->resource, key, resource) == 0 &&
            (keys[count] = fill(second, payload, what, mem)) != NULL)
            count++;
    }
    return count;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for a change, whoever reports it. */
#include "change.h"

#include "shared/repository.h"

#include <string.h>

/* Of what identifies a change, in bytes: a row of a btree may have 2704, a timer's key escapes. */
enum { IDENTITY_MAX = 1024 };

/* Seconds since 1970 of 9999-12-31T23:59:59Z: what follows has no text form. */
static const int64_t last_second = INT64_C(253402300799);

struct ci_time change_time(int64_t seconds)
{
    if (seconds > last_second)
        seconds = last_second;
    /* 0 is "none"; some tools date their commits so. */
    return (struct ci_time){seconds > 0 ? seconds * 1000000 : 1};
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

bool change_check(const struct new_change *change, struct ci_err *err)
{
    const struct {
        const char *name, *value;
    } parts[] = {
        {"repository", change->repository},
        {"branch",     change->branch    },
        {"revision",   change->revision  },
        {"project",    change->project   },
        {"codebase",   change->codebase  },
    };
    size_t len = 0;

    for (size_t i = 0; i < CI_COUNT(parts); i++) {
        if (!parts[i].value)
            continue;
        if (has_control(parts[i].value))
            return ci_fail(err, CI_EINVALID, "the %s has a control character", parts[i].name);
        len += strlen(parts[i].value);
    }
    return len <= IDENTITY_MAX ||
           ci_fail(err, CI_EINVALID,
                   "repository, branch, revision, project and codebase have more than %d bytes",
                   IDENTITY_MAX);
}

static bool polls(const struct ci_change_source *source, const char *const *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (addresses[i] && addresses[i][0] && ci_repository_same(source->repository, addresses[i]))
            return true;
    return false;
}

const struct ci_change_source *change_source_of(const struct ci_config *config,
                                                const char *const *addresses, size_t count)
{
    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        if (polls(source, addresses, count))
            return source;
    return NULL;
}

struct ci_strs change_pollers_of(const struct ci_config *config, const char *const *addresses,
                                 size_t count, void *mem)
{
    const char **names = ci_mem_array(mem, const char *, config->change_sources.count);
    size_t n = 0;

    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        if (polls(source, addresses, count))
            names[n++] = ci_mem_strdup(mem, source->name);
    return (struct ci_strs){names, n};
}

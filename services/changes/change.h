/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change on its way into the database, whoever reports it. Strings are
 * UTF-8 and live in the mem of the one who made it. Plain functions.
 */
#pragma once

#include "shared/config.h"

struct new_change {
    const char *author;    /* "Name <mail>" */
    const char *committer; /* NULL: as the author, or unknown */
    const char *comments;
    struct ci_strs files;
    const char *revision, *branch; /* NULL where Buildbot says null */
    const char *repository, *project, *codebase;
    const char *category, *revlink;
    json_t *properties; /* {name: [value, "Change"]}, or NULL */
    struct ci_time when;
};

/* Seconds since 1970 as the time of a change: never 0, never beyond the year 9999. */
struct ci_time change_time(int64_t seconds);

/*
 * CI_EINVALID for what can't be stored: repository, branch, revision, project
 * and codebase with control characters, or together longer than an index takes.
 */
CI_MUST_USE bool change_check(const struct new_change *change, struct ci_err *err);

/*
 * The change source of the configuration that polls one of these addresses
 * (NULL ones are passed over), or NULL. What a hook reports gets its names,
 * so that hook and poller make one change.
 */
const struct ci_change_source *change_source_of(const struct ci_config *config,
                                                const char *const *addresses, size_t count);

/* The names of all change sources that poll one of these addresses, in mem. */
struct ci_strs change_pollers_of(const struct ci_config *config, const char *const *addresses,
                                 size_t count, void *mem);

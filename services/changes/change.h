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

/*
 * True when two addresses name one repository: compared without scheme, user,
 * default port, ".git" and trailing slashes; host names without case;
 * "git@host:path" is "ssh://git@host/path".
 */
bool repository_same(const char *a, const char *b, void *mem);

/*
 * The change source of the configuration that polls one of these addresses
 * (NULL ones are passed over), or NULL. What a hook reports gets its names,
 * so that hook and poller make one change.
 */
const struct ci_change_source *change_source_of(const struct ci_config *config,
                                                const char *const *addresses, size_t count,
                                                void *mem);

/* A page for the commit at forges whose addresses are known (GitHub, GitLab, Bitbucket), or NULL. */
const char *change_revlink(const char *repository, const char *revision, void *mem);

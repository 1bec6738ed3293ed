/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change sources of slipway.yaml: which repositories and forges are polled, and how.
 * A part of shared/config.h: once parsed never changed, read by any thread.
 */
#pragma once

#include "shared/config_secret.h"
#include "shared/steps.h"

enum ci_change_source_type {
    CI_SOURCE_GIT_POLLER,
    CI_SOURCE_HG_POLLER,
    CI_SOURCE_SVN_POLLER,
    CI_SOURCE_GITHUB_PULLREQUESTS,
    CI_SOURCE_GITLAB_MERGEREQUESTS,
    CI_SOURCE_GITEA_PULLREQUESTS,
    CI_SOURCE_FORGEJO_PULLREQUESTS, /* the API is Gitea's */
    CI_SOURCE_BITBUCKET_PULLREQUESTS,
    CI_SOURCE_BITBUCKET_SERVER_PULLREQUESTS,
    CI_SOURCE_COUNT
};
extern const char *const ci_change_source_type_names[]; /* "git_poller" ... as in the file */

/* What a path of a Subversion repository means (SVNPoller's split_file). */
enum ci_svn_split {
    CI_SVN_ALWAYS_TRUNK,      /* the path; no branch */
    CI_SVN_BRANCHES,          /* trunk/PATH, branches/NAME/PATH; others are none */
    CI_SVN_PROJECTS_BRANCHES, /* the same behind PROJECT/ */
};
struct ci_svn_poller {
    enum ci_svn_split split_file;
    int histmax;         /* revisions of one look; default 100 */
    const char *revlink; /* revlinktmpl: "%s" is the revision; NULL: none */
    struct ci_strs extra_args;
};

/* Which of a repository's addresses the changes of a pull request name. */
enum ci_repository_type {
    CI_REPOSITORY_HTTPS,
    CI_REPOSITORY_SSH,
    CI_REPOSITORY_GIT,
    CI_REPOSITORY_SVN
};
struct ci_forge_poller {
    const char *base_url; /* of the API, or of the forge; no "/" at the end */
    const char *owner, *repo;
    const char *api_user; /* NULL: the token is a bearer's */
    struct ci_secret token;
    bool magic_link; /* the branch is the forge's ref of the request, in the target's repository */
    enum ci_repository_type repository_type;
    struct ci_kvs
        pullrequest_filter; /* dotted field (glob): its value (glob; "!" before: not so) */
    struct ci_strs property_whitelist; /* globs of dotted fields that become properties */
};

struct ci_change_source {
    enum ci_change_source_type type;
    const char *name;       /* default: the repository, or "TYPE:OWNER/REPO" */
    const char *repository; /* URL or path; of a forge: what its base_url, owner and repo make */
    bool all_branches;      /* branches: all */
    struct ci_strs
        branches; /* names and globs (release/...); empty without all_branches: remote HEAD */
    struct ci_dur poll_interval;    /* default 600 s, at least 1 s */
    struct ci_dur random_delay_min; /* added to each interval; both 0: up to a tenth */
    struct ci_dur random_delay_max; /* of the interval */
    bool poll_at_launch;            /* default true */
    bool use_timestamps;            /* default true: changes are dated as their commits */
    struct ci_dur timeout;          /* of one process or call; default 120 s */
    const char *project, *codebase, *category; /* "" */
    const char *user;                          /* signs in together with ... */
    struct ci_secret password;
    union {                       /* by type */
        struct ci_strs bookmarks; /* hg_poller: names and globs */
        struct ci_svn_poller svn;
        struct ci_forge_poller forge;
    };
};
/* Whether it polls a forge's API: `forge` is meant. */
bool ci_change_source_is_forge(const struct ci_change_source *source);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what: the rules of slipway.yaml's section `access` asked for an
 * identity. The decision is pure; Buildbot's way (buildbot/www/authz): rules in
 * order, the first that matches and whose role is held allows; one that matches
 * and whose role is not held denies, unless it says default_deny: false. What
 * no rule decides: reading is for everybody (nobody but the signed in with
 * `anonymous: none`), everything else for the admins.
 */
#pragma once

#include "access/identity.h"
#include "shared/db.h"

/* What is asked about; NULL where it does not apply. */
struct access_target {
    const char *builder, *scheduler, *worker;
    const char *project;   /* "" of a builder without one */
    const char *branch;    /* "" is the default branch */
    struct ci_strs owners; /* of the build: its properties `owner` and `owners` */
};

/*
 * CI_EUNAUTHENTICATED for the anonymous, CI_EDENIED for others: "you need to
 * have role 'x'", or "the token's scopes do not include 'x'". `target` may be NULL.
 */
CI_MUST_USE bool access_allowed(const struct ci_config *config, const struct identity *who,
                                enum ci_action action, const struct access_target *target,
                                struct ci_err *err);

/*
 * Whether the rules let `who`, who is no admin, read the target; *by_project: a rule that names
 * projects said so.
 */
bool access_may_read(const struct ci_config *config, const struct identity *who,
                     const struct access_target *target, bool *by_project);

/* Whether there is anything that `who` may read; codes as above. */
CI_MUST_USE bool access_reads(const struct ci_config *config, const struct identity *who,
                              struct ci_err *err);

/* Whether `who` has all rights there are: an admin, not through a token that is for less. */
CI_MUST_USE bool access_is_admin(const struct ci_config *config, const struct identity *who,
                                 struct ci_err *err);

/* The names of the roles that `who` has whatever it is about, built-in ones too. In mem. */
struct ci_strs access_roles(const struct ci_config *config, const struct identity *who, void *mem);

/* A builder, as far as rules are about it. */
struct access_builder {
    int64_t builderid;
    const char *name, *project;
};

/*
 * What an identity may not read. Rows about a build are hidden with its
 * builder, and where a rule that names projects hides one of its sources; rows
 * about sources with their project; schedulers with the last of their builders.
 */
struct access_view {
    bool everything;               /* nothing is hidden: the common case, which costs nothing */
    bool general;                  /* what concerns no builder and no project may be read */
    struct ci_i64s builders;       /* ids of hidden builders, ascending */
    struct ci_strs names;          /* of the hidden builders, sorted */
    struct ci_strs projects;       /* names of hidden projects, sorted */
    struct ci_strs sources;        /* of these, those that a rule about projects hides */
    struct ci_strs schedulers;     /* names of schedulers whose builders are all hidden, sorted */
    struct ci_strs change_sources; /* names of those whose project is hidden, sorted ... */
    struct ci_strs repositories;   /* ... and what they poll, sorted */
    /*
     * Ids of builders that are shown but may build what `sources` hides, as they belong to no
     * project, ascending: which of their builds are hidden tells only the database, so that who
     * can't ask it keeps all of them back.
     */
    struct ci_i64s mixed;
    struct ci_strs mixed_names; /* of these, sorted */
    int64_t version;            /* of the configuration that said so */
    int64_t newest_builder;     /* ids above this are of builders that came later ... */
    struct ci_strs known;       /* ... as projects that are not here, sorted */
};

/*
 * What of the builders and projects that ever were `who` may not read. *out in
 * mem; reads the database only when a rule about reading names builders or
 * projects.
 */
CI_MUST_USE bool access_view(struct www *www, struct ci_tx *tx, const struct identity *who,
                             void *mem, struct access_view *out, struct ci_err *err);

/* The same from what the database holds: struct access_builder by id, and names of projects. Pure.
 */
void access_view_of(const struct ci_config *config, const struct identity *who,
                    struct ci_list builders, struct ci_strs projects, void *mem,
                    struct access_view *out);

/* Whether the rules have to be asked for every builder and project. */
bool access_view_needs_names(const struct ci_config *config, const struct identity *who);

bool access_hides_builder(const struct access_view *view, int64_t builderid);
bool access_hides_builder_name(const struct access_view *view, const char *name);
/* Whether it is one of `mixed`. */
bool access_mixes_builder_name(const struct access_view *view, const char *name);
/* Those of the names of builders that are not hidden, in mem; `view` NULL: all of them. */
struct ci_strs access_shown(const struct access_view *view, struct ci_strs builders, void *mem);
bool access_hides_project(const struct access_view *view, const char *project);
bool access_hides_scheduler(const struct access_view *view, const char *name);
bool access_hides_change_source(const struct access_view *view, const char *name);
bool access_hides_repository(const struct access_view *view, const char *repository);

/*
 * For who keeps a view: whether it still tells the truth under this version of the configuration,
 * about this builder (0: none) and this project (NULL: none); else it has to be made again.
 */
bool access_view_holds(const struct access_view *view, int64_t version, int64_t builderid,
                       const char *project);

/*
 * The ways in, for handlers: who asks and whether they may. CI_ACTION_READ without a target:
 * whether there is anything that they may read; what it is tells access_view(). On refusal the
 * audit log gets a line (anonymous reads apart).
 */
CI_MUST_USE bool access_check(struct www *www, const struct ci_request *request,
                              enum ci_action action, const struct access_target *target,
                              const struct identity **who, struct ci_err *err);

/* The same for an identity that is known already. */
CI_MUST_USE bool access_check_as(struct www *www, const struct ci_request *request,
                                 const struct identity *who, enum ci_action action,
                                 const struct access_target *target, struct ci_err *err);

/* Who asks: as authenticated, or else by the request's own credentials. */
CI_MUST_USE bool access_identity(struct www *www, const struct ci_request *request,
                                 const struct identity **who, struct ci_err *err);

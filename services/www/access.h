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

#include "identity.h"
#include "shared/db.h"

/* What is asked about; NULL where it does not apply. */
struct access_target {
    const char *builder, *project, *scheduler, *worker, *branch;
    const char *owner; /* of the build: its `owner` property */
};

/*
 * CI_EUNAUTHENTICATED for the anonymous, CI_EDENIED for others: "you need to
 * have role 'x'", or "the token's scopes do not include 'x'".
 */
CI_MUST_USE bool access_allowed(const struct ci_config *config, const struct identity *who,
                                enum ci_action action, const struct access_target *target,
                                struct ci_err *err);

/* What an identity may not read. */
struct access_view {
    bool everything;         /* nothing is hidden: the common case, which costs nothing */
    struct ci_i64s builders; /* ids of hidden builders, ascending */
    struct ci_strs projects; /* names of hidden projects */
    struct ci_strs names;    /* of the hidden builders */
};

/*
 * What of the builders that ever were `who` may not read. *out in mem; reads
 * the database only when a rule about reading names builders or projects.
 */
CI_MUST_USE bool access_view(struct www *www, struct ci_tx *tx, const struct identity *who,
                             void *mem, struct access_view *out, struct ci_err *err);

bool access_hides_builder(const struct access_view *view, int64_t builderid);
bool access_hides_project(const struct access_view *view, const char *project);

/*
 * The ways in, for handlers: who asks and whether they may. On refusal the
 * audit log gets a line (anonymous reads apart).
 */
CI_MUST_USE bool access_check(struct www *www, const struct ci_request *request,
                              enum ci_action action, const struct access_target *target,
                              const struct identity **who, struct ci_err *err);

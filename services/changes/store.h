/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of changes. */
#pragma once

#include "change.h"
#include "commits.h"
#include "shared/bus.h"
#include "shared/model.h"

/* What was new of the changes that a poll or a delivery brought. */
struct added {
    struct ci_change *const *changes;
    size_t count;
    struct ci_i64s ids; /* of those */
    struct commit_news commits;
    struct ci_i64s known; /* ids of those that were there before; without revision none is */
};

/*
 * Inserts the change and its inbox row; with one that is known already
 * (repository, branch, revision) nothing happens. *out (in mem) is the REST
 * resource of the new change, or NULL.
 */
CI_MUST_USE bool store_change_add(struct ci_tx *tx, const struct new_change *change,
                                  const char *source, void *mem, struct ci_change **out,
                                  struct ci_err *err);
/*
 * The same for many of one repository; *out in mem. CI_ECONFLICT should another
 * transaction get in its way: begin anew.
 */
CI_MUST_USE bool store_changes_add(struct ci_tx *tx, const struct new_change *changes, size_t count,
                                   const char *source, void *mem, struct added *out,
                                   struct ci_err *err);

/*
 * After the commit: rings the scheduler, publishes changes/<id>/new for each
 * (and their commits), and counts them; `kind` is "poller" or the dialect of a hook.
 */
void store_changes_announce(struct ci_bus *bus, const char *kind, const struct added *added);

/* Pollers of the configuration, of which one may be claimed. */
struct poller_scope {
    struct ci_strs names, repositories;
    struct ci_i64s intervals; /* at the longest, microseconds */
};

struct poller_claim {
    const char *name;
    int64_t claim;
    bool initialized; /* it has polled before */
    int failures;     /* in a row */
    json_t *state;    /* what the last look left for the next */
};

struct poller_ref {
    const char *branch, *revision;
};
extern const struct ci_record poller_claim_record, poller_ref_record, poller_due_record,
    known_changes_record, hook_heard_record;

/* Claims the poller due longest until `until`; CI_ENOTFOUND when none is due. */
CI_MUST_USE bool store_poller_claim(struct ci_tx *tx, const struct poller_scope *scope,
                                    struct ci_time now, struct ci_time until, void *mem,
                                    struct poller_claim *out, struct ci_err *err);
/* When the next poller is due; 0 without any. */
CI_MUST_USE bool store_poller_next(struct ci_tx *tx, const struct poller_scope *scope,
                                   struct ci_time now, void *mem, struct ci_time *out,
                                   struct ci_err *err);
CI_MUST_USE bool store_poller_refs(struct ci_tx *tx, const char *name, void *mem,
                                   struct ci_list *out, struct ci_err *err);
/* Pushes on claims that have not run out and been taken by somebody else. */
CI_MUST_USE bool store_poller_renew(struct ci_tx *tx, struct ci_strs names, struct ci_i64s claims,
                                    struct ci_time until, struct ci_err *err);
/* Gives a claim back: somebody else may poll at once. */
CI_MUST_USE bool store_poller_release(struct ci_tx *tx, const struct poller_claim *claim,
                                      struct ci_err *err);
/* How a poll ended. */
struct poller_end {
    const char *repository; /* that was looked at */
    struct ci_time now, due;
    struct ci_time not_before; /* the remote's rate limit, or 0 */
    const json_t *state;       /* NULL: as it was */
    const char *error;         /* NULL: all went well */
};
/*
 * Ends a claim. *held false: the claim had run out and belongs to somebody
 * else, or the poller has got another repository since; nothing was written.
 */
CI_MUST_USE bool store_poller_done(struct ci_tx *tx, const struct poller_claim *claim,
                                   const struct poller_end *end, void *mem, bool *held,
                                   struct ci_err *err);
/*
 * Makes the pollers of these names due: at once, or where `gap` is given no
 * sooner than that after their last poll. *count: how many there are; or NULL.
 * Ring CI_SUBJECT_WAKE_CHANGES after the commit.
 */
CI_MUST_USE bool store_poller_poke(struct ci_tx *tx, struct ci_strs names, struct ci_time now,
                                   struct ci_dur gap, int64_t *count, struct ci_err *err);
/* *out: whether a hook that is on has told of these repositories' pull requests, or pushes. */
CI_MUST_USE bool store_hook_heard(struct ci_tx *tx, struct ci_strs repositories, bool pullrequests,
                                  void *mem, bool *out, struct ci_err *err);
/* Replaces the tips that a poller has seen. */
CI_MUST_USE bool store_poller_tips(struct ci_tx *tx, const char *name, struct ci_strs branches,
                                   struct ci_strs revisions, struct ci_err *err);

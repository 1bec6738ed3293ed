/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One poll of one repository or forge: from what was seen before and what is
 * there now to changes. Buildbot's rules: the first poll only records; later
 * every commit that nothing seen before reaches becomes a change, oldest
 * first, and every pull request whose head has moved. No database here.
 */
#pragma once

#include "polls/git.h"
#include "store.h"

struct poll {
    const struct ci_change_source *source;
    struct ci_list seen; /* struct poller_ref: what the polls before left */
    bool initialized;    /* false: the first poll */
    const json_t *state; /* what the last look left; or NULL */
    const char *secret;  /* password or token; NULL: none */
    const char *dir;     /* a cache of the poller's own, which may be gone at any time */
    const volatile bool *abort;
    struct ci_time now;
    int64_t version; /* of the configuration */
    /* Filled by poll_look(), in mem: */
    struct new_change *changes;
    size_t change_count;
    struct ci_strs branches, revisions; /* what was seen by now */
    bool unchanged;                     /* nothing has: what was seen before stays */
    json_t *next_state;                 /* or NULL: as it was */
    bool more;                          /* there is more to be looked at, at once */
    int filtered;                       /* what the filter passed over */
    struct ci_time not_before;          /* the remote's wish, or 0; set on failure, too */
};

/*
 * Looks at the remote and fills *poll. CI_EUNAVAILABLE what the remote says, a
 * timeout, or the abort; others are our own or the configuration's fault.
 */
CI_MUST_USE bool poll_look(struct poll *poll, void *mem, struct ci_err *err);

/* ---- for those who look, a type each ---- */

typedef bool poll_looker(struct poll *poll, void *mem, struct ci_err *err);
poll_looker poll_git, poll_hg, poll_svn, poll_forge;

/* Room for one more row of an array that only grows by this, in mem: doubled at 1, 2, 4 ... rows.
 */
void *poll_room(void *rows, size_t size, size_t count, void *mem);
/* One more change, with what the source says of all; valid until the next. */
struct new_change *poll_add(struct poll *poll, void *mem);
/* Remembers `revision` under `name` for the next poll. */
void poll_remember(struct poll *poll, const char *name, const char *revision, void *mem);
/* What was remembered under `name`, or NULL. */
const char *poll_seen(const struct poll *poll, const char *name);
/* Whether a name is one of these globs. */
bool poll_wants(struct ci_strs globs, const char *name);
/* The time of a change: its own, unless the source wants that of the poll. */
struct ci_time poll_time(const struct poll *poll, struct ci_time own);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a new request makes superfluous: older ones that it collapses (their
 * builds have not begun) and older ones that it cancels (they have, or may
 * have). Rules of Buildbot's collapseRequests and OldBuildCanceller
 * (buildbot/process/buildrequest.py, buildbot/plugins util.OldBuildCanceller).
 */
#pragma once

#include "shared/buildset.h"
#include "shared/config.h"

/* One request, as the rules see it; everything borrowed. */
struct ci_rival {
    int64_t buildrequestid, bsid, builderid;
    const char *builder;
    bool claimed;
    bool has_changes;
    json_t *sources;    /* [{codebase, repository, project, branch, revision, patched}] */
    json_t *properties; /* of its buildset: {name: [value, source]}, or NULL */
};

/*
 * Whether `newer` takes the place of `older`, an unclaimed request of the same
 * builder. Off: never. Otherwise both must have the same codebases, and for
 * each the same repository, branch and project, and no patch. On: that is all.
 * Compare: besides, both have changes or neither has, without changes the
 * revisions are equal, and so are the properties that came from schedulers
 * (but for `scheduler`). Requests of one buildset always collapse.
 */
bool ci_collapse_allows(enum ci_collapse mode, const struct ci_rival *older,
                        const struct ci_rival *newer);

/*
 * Whether the canceller ends `older` because of `newer`: both of them of one of
 * its builders (the same one), of different buildsets, with a source that its
 * filter passes and that has the same project, codebase, repository and
 * branch; `newer` has changes. A source without a branch never counts.
 */
bool ci_canceller_ends(const struct ci_canceller *canceller, const struct ci_rival *older,
                       const struct ci_rival *newer);

/* What was done, to be announced after the commit. */
struct ci_superseded {
    struct ci_list collapsed; /* struct ci_buildrequest: SKIPPED now */
    struct ci_list buildsets; /* struct ci_buildset_told: complete by it */
    size_t cancelled;         /* requests that were asked to end */
};

/*
 * Looks for what the requests of a buildset just made in `tx` supersede, and
 * does it in the same transaction: collapsed ones are complete as SKIPPED with
 * `collapsed_into`, cancelled ones get a reason and the builder service ends
 * them. Costs nothing where `config` asks for neither.
 */
CI_MUST_USE bool ci_buildset_supersede(struct ci_tx *tx, const struct ci_config *config,
                                       const struct ci_buildset_made *made, struct ci_time now,
                                       void *mem, struct ci_superseded *out, struct ci_err *err);

/* After the commit: events, and word to the builder service of what is to be cancelled. */
void ci_superseded_announce(struct ci_bus *bus, const struct ci_superseded *superseded);

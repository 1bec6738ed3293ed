/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place where www makes buildsets (force, try, rebuild), and what it
 * answers to who asked.
 */
#pragma once

#include "control/rpc.h"
#include "shared/buildset.h"

/* What is answered about a new buildset. New reference. */
typedef json_t *order_answer(const struct ci_buildset_made *made, struct ci_i64s builderids);

/* Makes the buildset in `tx`, sets control->result, commits and tells of it. */
CI_MUST_USE bool order_make(struct control *control, struct ci_tx *tx,
                            const struct ci_buildset_request *wanted, order_answer *answer,
                            struct ci_err *err);

/* Ids of the builders in force of these names; CI_ECONFLICT when there is none. */
CI_MUST_USE bool order_builders(struct ci_tx *tx, struct ci_strs names, void *mem,
                                struct ci_i64s *out, struct ci_err *err);

enum { ORDER_LEVEL_MAX = 100 };

/* A patch of a source. */
struct order_patch {
    int level;
    const char *subdir, *author, *comment; /* NULL: "" */
    struct ci_bytes body;
};
/* Keeps it in `tx`. CI_EINVALID: a level or folder that can't be. */
CI_MUST_USE bool order_patch_add(struct ci_tx *tx, const struct order_patch *patch, void *mem,
                                 int64_t *patchid, struct ci_err *err);

/* {"<builderid>": brid}. New reference. */
json_t *order_requests(struct ci_i64s brids, struct ci_i64s builderids);
/* [bsid, {"<builderid>": brid}], as Buildbot answers force and rebuild. */
order_answer order_reply;

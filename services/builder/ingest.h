/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a batch of journal frames: one transaction of two round trips. */
#pragma once

#include "builder.h"
#include "journal.h"
#include "shared/http.h"

struct ingest_request {
    struct ci_principal who;
    int64_t buildid, seq;
    const char *token; /* of the attempt */
    struct ci_bytes body;
    struct ci_time now;
};

struct ingest_reply {
    int64_t next;       /* the sequence number expected now */
    bool gap;           /* frames before the batch are missing; nothing was applied */
    const char *cancel; /* reason, in mem, or NULL */
};

/*
 * CI_EINVALID frames that can't be understood, CI_EDENIED a build of another
 * worker, CI_EGONE a stale attempt or a build that is over, CI_ECONFLICT a
 * session that was replaced.
 */
CI_MUST_USE bool ingest(struct builder *builder, const struct ingest_request *request, void *mem,
                        struct ingest_reply *out, struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing: the lines of logs whose build is over move from the database to the
 * content store, as they are: their zstd frames one after another, in one
 * object, or in several where they are many. They leave the database only
 * after the object was read back, and in the transaction that says where they
 * lie from then on (logs.sealed). libshared/migrations/0004_sealed_logs.sql
 * has the form; shared/log_store.h reads them.
 */
#pragma once

#include "builder.h"

enum {
    SEAL_BATCH = 64,            /* logs of one run */
    SEAL_OBJECT_MAX = 16 << 20, /* bytes of one object */
    SEAL_REMOVE = 100,          /* objects removed in one run */
};

/* What one run did. */
struct seal_done {
    int64_t logs, bytes; /* bytes: of the objects */
    bool more;           /* a batch was full: run again soon */
};

/* Seals some logs; those that other replicas are at are passed over. Of the seal loop only. */
CI_MUST_USE bool seal_run(struct builder *builder, struct ci_time now, struct seal_done *out,
                          struct ci_err *err);

/* Removes objects of the store that are noted in blob_removals and due; *count how many. */
CI_MUST_USE bool seal_remove(struct builder *builder, struct ci_time now, void *mem, int64_t *count,
                             struct ci_err *err);

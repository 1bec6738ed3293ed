/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a batch in, between ingest.c (judging), ingest_store.c and ingest_tell.c. */
#pragma once

#include "end.h"
#include "fold.h"
#include "ingest.h"

/* The build as journal_build.sql locks it. */
struct target {
    int64_t buildid, workerid, next_seq, config_version, attempt, buildrequestid, session,
        buildsetid, builderid;
    const char *token, *builder, *state_string, *stop_reason, *cancel_reason;
    bool complete, seen;
    int folded, failures; /* failures: of the worker's agent, in a row */
    struct ci_time started_at;
};

/* What one call works with, from the first statement to the events. */
struct ingestion {
    struct builder *builder;
    const struct ingest_request *request;
    void *mem;
    struct target target;
    struct ci_list stored;
    struct fold fold;
    struct end spared; /* by the build's configuration: end_spare() */
    bool parent;       /* the build may wait for builds that it triggered */
    bool unlocked;     /* a step may have given locks back */
    int64_t siblings;  /* requests of its buildset that are to end now */
    struct ci_list progress, steps, logs, ended_logs, ended_tests;
    struct ci_list new_tests; /* struct ci_list for each of fold.tests */
    struct end_rows end;
};

/* Stores the folded batch and commits. */
CI_MUST_USE bool ingest_store(struct ingestion *in, struct ci_tx *tx, struct ci_err *err);

/* Tells the bus of a stored batch. */
void ingest_tell(const struct ingestion *in);

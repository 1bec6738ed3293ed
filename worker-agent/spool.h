/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A build's journal on disk until the builder has acknowledged it: one file
 * <build>-<token's beginning>.journal, a header of SPOOL_HEADER bytes (which
 * frame is the first still kept, and where it stands), then the frames back
 * to back. Not synced: a crash of the machine may lose the tail, a crash of
 * the agent nothing.
 *
 * Frames are numbered from 0; `front` is the first not acknowledged, `end`
 * the number the next one will get. One thread sends; each call may be made
 * from any thread.
 */
#pragma once

#include "frame.h"
#include "shared/err.h"
#include "spares.h"

enum { SPOOL_HEADER = 1024, SPOOL_BATCH = 1 << 20 };

struct spool;

/* A new, empty one, in a spare file if there is one; CI_EUNAVAILABLE when the disk refuses. */
CI_MUST_USE bool spool_create(struct spares *spares, const char *dir, int64_t build,
                              const char *token, struct spool **out, struct ci_err *err);

/* What a spool found at start says of its build. */
struct spool_found {
    int64_t build;
    char *token;   /* in mem */
    bool finished; /* has build_finished */
    int *running;  /* steps started and not finished; in mem */
    size_t running_count;
};
/*
 * Opens a spool that an earlier agent left. A torn last frame is cut off.
 * CI_EINVALID: it holds nothing that could be sent.
 */
CI_MUST_USE bool spool_open(const char *path, void *mem, struct spool **out,
                            struct spool_found *found, struct ci_err *err);

/* Closes; the file stays. NULL-safe. */
void spool_free(struct spool *spool);
/* Removes the file or makes it a spare one, then as spool_free(). NULL-safe. */
void spool_drop(struct spool *spool);

/* Appends one whole frame. On failure nothing of it is kept and it may be tried again. */
CI_MUST_USE bool spool_append(struct spool *spool, struct ci_bytes frame, struct ci_err *err);

struct spool_batch {
    int64_t seq; /* of its first frame */
    struct ci_bytes bytes;
};
/* The frames to send now, whole, at most SPOOL_BATCH bytes or one frame; empty: nothing to send. */
CI_MUST_USE bool spool_batch(struct spool *spool, void *mem, struct spool_batch *out,
                             struct ci_err *err);

/* The builder expects `next` now. False: it is no number this spool could have sent or still has.
 */
CI_MUST_USE bool spool_ack(struct spool *spool, int64_t next);

/* Forgets the frames not acknowledged: the builder can't read them. */
CI_MUST_USE bool spool_cut(struct spool *spool, struct ci_err *err);

int64_t spool_front(struct spool *spool);
bool spool_empty(struct spool *spool);      /* everything is acknowledged */
int64_t spool_pending(struct spool *spool); /* bytes not acknowledged */

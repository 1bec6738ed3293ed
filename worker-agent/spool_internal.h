/* SPDX-License-Identifier: Apache-2.0 */
/* What spool.c and spool_open.c share. */
#pragma once

#include "spool.h"

#include <pthread.h>

struct spool {
    int fd;
    struct spares *spares; /* where the file goes when it is dropped; NULL: nowhere */
    char *path, *token;
    int64_t build;
    pthread_mutex_t append; /* held while a frame is written: one follows the other */
    pthread_mutex_t lock;   /* guards what follows */
    int64_t front;          /* number of the first frame not acknowledged */
    int64_t front_at;       /* where it stands, or will */
    int64_t end_at;         /* where the next one goes */
    int64_t punched;        /* up to here the disk has its space back */
    uint32_t *lengths;      /* of the frames from front on: lengths[head..tail) */
    size_t head, tail, cap;
};

/* Takes fd over; the rest is zero. */
struct spool *spool_new(int fd, const char *path);
CI_MUST_USE bool spool_write(int fd, const void *data, size_t len, int64_t at, struct ci_err *err);
/* Notes a frame that stands at end_at; the lock is held or nobody else knows the spool yet. */
void spool_push(struct spool *spool, uint32_t length);

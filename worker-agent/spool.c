/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's file: appending, reading batches, letting acknowledged parts go. */
#include "spool_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PUNCH_EVERY = 8 << 20, TOKEN_CHARS = 8, FIRST_LENGTHS = 32 };

struct spool *spool_new(int fd, const char *path)
{
    struct spool *spool = ci_mem_zero(NULL, struct spool);

    spool->fd = fd;
    spool->path = ci_mem_strdup(spool, path);
    pthread_mutex_init(&spool->lock, NULL);
    pthread_mutex_init(&spool->append, NULL);
    return spool;
}

static void release(struct spool *spool)
{
    pthread_mutex_destroy(&spool->lock);
    pthread_mutex_destroy(&spool->append);
    ci_mem_free(spool);
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    close(spool->fd);
    release(spool);
}

void spool_drop(struct spool *spool)
{
    if (!spool)
        return;
    if (spool->spares) {
        spares_give(spool->spares, spool->fd, spool->path);
        release(spool);
    } else {
        unlink(spool->path);
        spool_free(spool);
    }
}

bool spool_write(int fd, const void *data, size_t len, int64_t at, struct ci_err *err)
{
    const char *from = data;

    while (len > 0) {
        ssize_t n = pwrite(fd, from, len, at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ci_fail(err, CI_EUNAVAILABLE, "could not write the journal: %s",
                           strerror(n < 0 ? errno : ENOSPC));
        from += n;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

/* Padded to its full size, so that it can be rewritten in place. */
static bool write_header(struct spool *spool, struct ci_err *err)
{
    char text[SPOOL_HEADER];
    json_auto_t *json =
        json_pack("{s:I, s:s, s:I, s:I}", "build", (json_int_t)spool->build, "token", spool->token,
                  "first", (json_int_t)spool->front, "at", (json_int_t)spool->front_at);
    size_t len = json ? json_dumpb(json, text, sizeof(text) - 1, JSON_COMPACT) : 0;

    if (len == 0 || len >= sizeof(text))
        return ci_fail(err, CI_EINVALID, "the token of build %" PRId64 " can't be stored",
                       spool->build);
    memset(text + len, ' ', sizeof(text) - len);
    text[sizeof(text) - 1] = '\n';
    return spool_write(spool->fd, text, sizeof(text), 0, err);
}

bool spool_create(struct spares *spares, const char *dir, int64_t build, const char *token,
                  struct spool **out, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char begin[TOKEN_CHARS + 1] = "";
    struct spool *spool;
    char *path;
    int fd;

    for (size_t i = 0; i < TOKEN_CHARS && token[i]; i++)
        begin[i] = strchr("/.", token[i]) ? '_' : token[i];
    path = ci_mem_printf(mem, "%s/%" PRId64 "-%s.journal", dir, build, begin);
    fd = spares ? spares_take(spares, path) : -1;
    if (fd < 0)
        fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not create %s: %s", path, strerror(errno));
    spool = spool_new(fd, path);
    spool->spares = spares;
    spool->build = build;
    spool->token = ci_mem_strdup(spool, token);
    spool->front_at = spool->end_at = SPOOL_HEADER;
    if (!write_header(spool, err)) {
        spool_drop(spool);
        return false;
    }
    *out = spool;
    return true;
}

/* lengths[head..tail) are those of the frames front..end; the dead front is moved away at times. */
void spool_push(struct spool *spool, uint32_t length)
{
    if (spool->tail == spool->cap && spool->head > spool->cap / 2) {
        memmove(spool->lengths, spool->lengths + spool->head,
                (spool->tail - spool->head) * sizeof(*spool->lengths));
        spool->tail -= spool->head;
        spool->head = 0;
    }
    if (spool->tail == spool->cap) {
        uint32_t *more;

        spool->cap = spool->cap ? spool->cap * 2 : FIRST_LENGTHS;
        more = ci_mem_array(spool, uint32_t, spool->cap);
        if (spool->tail > 0)
            memcpy(more, spool->lengths, spool->tail * sizeof(*more));
        ci_mem_free(spool->lengths);
        spool->lengths = more;
    }
    spool->lengths[spool->tail++] = length;
    spool->end_at += length;
}

bool spool_append(struct spool *spool, struct ci_bytes frame, struct ci_err *err)
{
    int64_t at;
    bool written;

    /* end_at moves only by whoever appends, so senders need not wait for the disk. */
    pthread_mutex_lock(&spool->append);
    pthread_mutex_lock(&spool->lock);
    at = spool->end_at;
    pthread_mutex_unlock(&spool->lock);
    written = spool_write(spool->fd, frame.data, frame.len, at, err);
    if (written) {
        pthread_mutex_lock(&spool->lock);
        spool_push(spool, (uint32_t)frame.len);
        pthread_mutex_unlock(&spool->lock);
    }
    pthread_mutex_unlock(&spool->append);
    return written;
}

/* Where the next batch stands: its first frame, place and length. */
static size_t plan_batch(struct spool *spool, int64_t *seq, int64_t *at)
{
    size_t len = 0;

    pthread_mutex_lock(&spool->lock);
    *seq = spool->front;
    *at = spool->front_at;
    for (size_t i = spool->head; i < spool->tail; i++) {
        if (len > 0 && len + spool->lengths[i] > SPOOL_BATCH)
            break;
        len += spool->lengths[i];
    }
    pthread_mutex_unlock(&spool->lock);
    return len;
}

bool spool_batch(struct spool *spool, void *mem, struct spool_batch *out, struct ci_err *err)
{
    int64_t seq, at;
    size_t len = plan_batch(spool, &seq, &at), done = 0;
    char *data = ci_mem_array(mem, char, len + 1);

    while (done < len) {
        ssize_t n = pread(spool->fd, data + done, len - done, at + (int64_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ci_fail(err, CI_EINVALID, "could not read the journal: %s",
                           n < 0 ? strerror(errno) : "it ends too early");
        done += (size_t)n;
    }
    *out = (struct spool_batch){
        seq, {data, len}
    };
    return true;
}

/*
 * Gives the disk back what is acknowledged. The header goes first: after a
 * crash in between, bytes too many are kept, never too few. A failure costs
 * only space.
 */
static void let_go(struct spool *spool, int64_t upto)
{
    struct ci_err ignored;

    if (upto - spool->punched < PUNCH_EVERY || !write_header(spool, &ignored))
        return;
    if (fallocate(spool->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, SPOOL_HEADER,
                  upto - SPOOL_HEADER) == 0 ||
        errno == EOPNOTSUPP)
        spool->punched = upto;
}

bool spool_ack(struct spool *spool, int64_t next)
{
    bool known;

    pthread_mutex_lock(&spool->lock);
    known = next >= spool->front && next <= spool->front + (int64_t)(spool->tail - spool->head);
    while (known && spool->front < next) {
        spool->front_at += spool->lengths[spool->head++];
        spool->front++;
    }
    if (known)
        let_go(spool, spool->front_at);
    pthread_mutex_unlock(&spool->lock);
    return known;
}

bool spool_cut(struct spool *spool, struct ci_err *err)
{
    bool done;

    pthread_mutex_lock(&spool->lock);
    done = ftruncate(spool->fd, spool->front_at) == 0;
    if (done) {
        spool->head = spool->tail = 0;
        spool->end_at = spool->front_at;
    }
    pthread_mutex_unlock(&spool->lock);
    return done || ci_fail(err, CI_EUNAVAILABLE, "could not cut the journal: %s", strerror(errno));
}

int64_t spool_front(struct spool *spool)
{
    int64_t front;

    pthread_mutex_lock(&spool->lock);
    front = spool->front;
    pthread_mutex_unlock(&spool->lock);
    return front;
}

bool spool_empty(struct spool *spool)
{
    bool empty;

    pthread_mutex_lock(&spool->lock);
    empty = spool->head == spool->tail;
    pthread_mutex_unlock(&spool->lock);
    return empty;
}

int64_t spool_pending(struct spool *spool)
{
    int64_t bytes;

    pthread_mutex_lock(&spool->lock);
    bytes = spool->end_at - spool->front_at;
    pthread_mutex_unlock(&spool->lock);
    return bytes;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Taking up a journal that an earlier run of the agent left behind. */
#include "spool_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nearly all lines are far shorter than the first; only a property may need the second. */
enum { LINE_BYTES = 64 << 10, LONGEST_LINE = 4 << 20 };

static bool read_header(struct spool *spool, void *mem, struct spool_found *found,
                        struct ci_err *err)
{
    char text[SPOOL_HEADER];
    json_auto_t *json = NULL;
    json_int_t build = 0, first = -1, at = 0;
    const char *token = NULL;

    if (pread(spool->fd, text, sizeof(text), 0) != (ssize_t)sizeof(text))
        return ci_fail(err, CI_EINVALID, "no header");
    json = json_loadb(text, sizeof(text), 0, NULL);
    if (!json || json_unpack(json, "{s:I, s:s, s:I, s:I}", "build", &build, "token", &token,
                             "first", &first, "at", &at) != 0)
        return ci_fail(err, CI_EINVALID, "the header can't be read");
    if (first < 0 || at < SPOOL_HEADER)
        return ci_fail(err, CI_EINVALID, "the header names no place");
    spool->build = build;
    spool->token = ci_mem_strdup(spool, token);
    spool->front = first;
    spool->front_at = spool->end_at = spool->punched = at;
    found->build = build;
    found->token = ci_mem_strdup(mem, token);
    return true;
}

static void note_running(struct spool_found *found, void *mem, int step)
{
    for (size_t i = 0; i < found->running_count; i++)
        if (found->running[i] == step)
            return;
    found->running = talloc_realloc(mem, found->running, int, found->running_count + 1);
    if (!found->running)
        abort(); /* no memory */
    found->running[found->running_count++] = step;
}

static void note_ended(struct spool_found *found, int step)
{
    for (size_t i = 0; i < found->running_count; i++) {
        if (found->running[i] != step)
            continue;
        memmove(found->running + i, found->running + i + 1,
                (--found->running_count - i) * sizeof(*found->running));
        return;
    }
}

static void note(const struct frame *frame, void *mem, struct spool_found *found)
{
    switch (frame->kind) {
    case FRAME_STEP_STARTED:
        note_running(found, mem, frame->step);
        return;
    case FRAME_STEP_FINISHED:
        note_ended(found, frame->step);
        return;
    case FRAME_BUILD_FINISHED:
        found->finished = true;
        return;
    case FRAME_LOG:
        /* The step's beginning may be acknowledged and gone already. */
        if (!frame->late)
            note_running(found, mem, frame->step);
        return;
    case FRAME_PROPERTY:
    case FRAME_OTHER:
        return;
    }
}

/* The frame at end_at; *whole is false when it is torn. False: the disk refuses. */
static bool read_frame(struct spool *spool, struct ci_buf *room, struct frame *frame, bool *whole,
                       struct ci_err *err)
{
    for (size_t size = LINE_BYTES;; size = LONGEST_LINE) {
        ssize_t n;

        if (room->cap < size)
            room->text = ci_mem_array(room->mem, char, room->cap = size);
        n = pread(spool->fd, room->text, size, spool->end_at);
        if (n < 0)
            return ci_fail(err, CI_EUNAVAILABLE, "could not read: %s", strerror(errno));
        *whole = frame_read((struct ci_bytes){room->text, (size_t)n}, frame);
        if (*whole || (size_t)n < size || size == LONGEST_LINE)
            return true;
    }
}

/* Frame after frame, up to the end or to one that is not whole. */
static bool read_frames(struct spool *spool, int64_t size, void *mem, struct spool_found *found,
                        struct ci_err *err)
{
    CI_AUTO_MEM room_mem = ci_mem_new();
    struct ci_buf room = {.mem = room_mem};

    while (spool->end_at < size) {
        struct frame frame;
        bool whole;

        if (!read_frame(spool, &room, &frame, &whole, err))
            return false;
        if (!whole || (int64_t)(frame.line + frame.size) > size - spool->end_at)
            break;
        note(&frame, mem, found);
        spool_push(spool, (uint32_t)(frame.line + frame.size));
    }
    if (ftruncate(spool->fd, spool->end_at) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not cut a torn frame: %s", strerror(errno));
    return true;
}

bool spool_open(const char *path, void *mem, struct spool **out, struct spool_found *found,
                struct ci_err *err)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct spool_found here = {0};
    struct spool *spool;
    struct stat info;

    if (fd < 0 || fstat(fd, &info) != 0) {
        ci_fail(err, CI_EUNAVAILABLE, "could not open %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    spool = spool_new(fd, path);
    if (!read_header(spool, mem, &here, err) ||
        !read_frames(spool, info.st_size, mem, &here, err)) {
        spool_free(spool);
        return ci_fail_in(err, "%s", path);
    }
    *out = spool;
    *found = here;
    return true;
}

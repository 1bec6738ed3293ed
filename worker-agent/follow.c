/* SPDX-License-Identifier: Apache-2.0 */
/* Looking four times a second: an inotify watch would miss network folders. */
#include "follow.h"

#include "shared/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void let_go(struct follow *follow)
{
    if (follow->fd >= 0)
        close(follow->fd);
    follow->fd = -1;
}

/* A pipe or a device would not end. */
static bool open_file(struct follow *follow)
{
    struct stat info;

    follow->fd = open(follow->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (follow->fd < 0)
        return false;
    if (fstat(follow->fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        let_go(follow);
        return false;
    }
    if (info.st_dev != follow->device || info.st_ino != follow->inode || info.st_size < follow->at)
        follow->at = 0;
    follow->device = info.st_dev;
    follow->inode = info.st_ino;
    return true;
}

void follow_begin(struct follows *follows)
{
    for (size_t i = 0; i < follows->count; i++) {
        struct follow *follow = &follows->items[i];
        struct stat info;

        follow->fd = -1;
        if (stat(follow->path, &info) != 0)
            continue;
        follow->device = info.st_dev;
        follow->inode = info.st_ino;
        follow->at = info.st_size;
    }
}

static bool read_rest(struct follow *follow, char *buffer, size_t size, struct ci_mono now)
{
    bool any = false;
    ssize_t n;

    while (follow->fd >= 0) {
        n = pread(follow->fd, buffer, size, follow->at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return any;
        follow->at += n;
        steplog_feed(follow->log, &follow->log->out, buffer, (size_t)n, now);
        any = true;
    }
    return any;
}

/* Another file has the name, or this one was cut. */
static bool is_stale(const struct follow *follow)
{
    struct stat named, open;

    return stat(follow->path, &named) != 0 || fstat(follow->fd, &open) != 0 ||
           named.st_ino != open.st_ino || named.st_dev != open.st_dev || open.st_size < follow->at;
}

static bool look(struct follow *follow, char *buffer, size_t size, struct ci_mono now)
{
    bool any = false;

    if (follow->fd >= 0) {
        any = read_rest(follow, buffer, size, now);
        if (!is_stale(follow))
            return any;
        let_go(follow);
    }
    return (open_file(follow) && read_rest(follow, buffer, size, now)) || any;
}

bool follow_look(struct follows *follows, char *buffer, size_t size, struct ci_mono now)
{
    bool any = false;

    if (now.us < follows->next.us)
        return false;
    for (size_t i = 0; i < follows->count; i++) {
        struct follow *follow = &follows->items[i];

        any |= look(follow, buffer, size, now);
        steplog_paused(follow->log);
        if (steplog_due(follow->log, now) == 0)
            steplog_flush(follow->log);
    }
    follows->next = ci_mono_add(now, ci_millis(FOLLOW_EVERY_MS));
    return any;
}

void follow_end(struct follows *follows, char *buffer, size_t size)
{
    struct ci_mono now = ci_mono_now();

    for (size_t i = 0; i < follows->count; i++) {
        (void)look(&follows->items[i], buffer, size, now);
        let_go(&follows->items[i]);
        steplog_end(follows->items[i].log);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following files as they grow (`log_files`): each into a log of its own. A
 * file may appear late, be cut or be replaced; what was there before the
 * step began is not shown. Belongs to the step's thread.
 */
#pragma once

#include "steplog.h"

#include <sys/types.h>

enum { FOLLOW_EVERY_MS = 250 };

struct follow {
    const char *path;
    struct steplog *log;
    int fd; /* -1: not there yet */
    dev_t device;
    ino_t inode;
    off_t at;
};
struct follows {
    struct follow *items;
    size_t count;
    struct ci_mono next; /* when to look again */
};

/* The step is about to begin: remembers what is there. `follow->path` and `log` are set. */
void follow_begin(struct follows *follows);
/* Reads what is new, at most so often as FOLLOW_EVERY_MS; true: there was something. */
bool follow_look(struct follows *follows, char *buffer, size_t size, struct ci_mono now);
/* The step is over: the last bytes. */
void follow_end(struct follows *follows, char *buffer, size_t size);

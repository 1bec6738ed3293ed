/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of journals that are over, emptied and kept open for the next ones:
 * where files come and go all the time, making one costs a file system like
 * ext4 more than everything else an agent does for a short build, as it looks
 * for an inode that was not freed within the last seconds. Any thread.
 */
#pragma once

#include <stdbool.h>

struct spares;

struct spares *spares_new(void);
void spares_free(struct spares *spares); /* removes the files; NULL-safe */

/* An empty file of that name, opened for reading and writing; -1: there is none to give. */
int spares_take(struct spares *spares, const char *path);
/* Takes the file over, closes or keeps it. An agent that is killed leaves it empty behind. */
void spares_give(struct spares *spares, int fd, const char *path);

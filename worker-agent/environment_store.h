/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where environments lie. Below builders/<slug>.environments/: the folder
 * <key>, its marker <key>.json, written when it is whole and touched when it
 * is used, and <key>.lock. Without a marker it is of no use to anybody.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

enum { ENVIRONMENTS_KEPT = 5 }; /* of a builder */

struct environment {
    const char *home; /* builders/<slug>.environments */
    const char *key;
    const char *folder, *marker, *lock_path;
    int64_t builderid;
    bool keep_dirty;
    int lock; /* descriptor */
};

/* Its paths, in mem; nothing is touched. */
struct environment environment_at(const char *home, const char *key, void *mem);

/* Takes the lock (LOCK_SH, LOCK_EX) if nobody is in the way: false leaves what was held. */
CI_MUST_USE bool environment_lock(struct environment *environment, int operation);
void environment_unlock(struct environment *environment);

/* Has a marker, and nothing has changed since that was written. */
CI_MUST_USE bool environment_is_whole(const struct environment *environment);
/* Its marker: from now on it may be used. */
CI_MUST_USE bool environment_mark(const struct environment *environment, double seconds,
                                  struct ci_err *err);
/* It was used just now. */
void environment_touch(const struct environment *environment);
/* Nobody may use it from now on; who does goes on. */
void environment_spoil(const struct environment *environment);
/* Removes it; its lock is held exclusively. */
CI_MUST_USE bool environment_remove(const struct environment *environment, struct ci_err *err);

/* Removes those of `home` that are not whole, and the least used beyond ENVIRONMENTS_KEPT. */
void environment_tidy(const char *home);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place where the scheduler service makes buildsets: what a tick has
 * made in its transaction, and what is told of it after the commit.
 */
#pragma once

#include "shared/collapse.h"
#include "shared/config.h"
#include "shared/loop.h"
#include "shared/service.h"

/* A buildset, and which requests it took the place of. */
struct made {
    struct ci_buildset_made set;
    struct ci_superseded superseded;
};

struct making {
    struct ci_app *app;
    struct ci_tx *tx;
    const struct ci_config *config;
    struct ci_tick *tick;
    struct made *made; /* so far; in the tick's mem */
    size_t count, size;
};

/* Makes it for these builders, in the order of their names. *out may be NULL. */
CI_MUST_USE bool make_buildset(struct making *making, struct ci_strs builders,
                               struct ci_buildset_request *request, struct ci_buildset_made *out,
                               struct ci_err *err);

/* After the commit. */
void make_announce(const struct making *making);

/* The array with room for one more. */
void *make_room(void *mem, void *items, size_t count, size_t *size, size_t each);

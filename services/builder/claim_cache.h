/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What claims need of one configuration version and need not work out again:
 * the builders with their rows, their conditions parsed, the secrets they
 * name, and which of them each worker fits. Of the claim loop only.
 */
#pragma once

#include "map.h"
#include "match.h"
#include "shared/db.h"

struct cached_builder {
    int64_t builderid;
    const char *name;
    const struct ci_condition *can_start, *do_if; /* NULL: none */
    struct ci_strs secrets;                       /* that its texts name */
    struct ci_mono held_until;                    /* its secrets can't be read now */
};

struct claim_cache {
    void *mem;
    int64_t version;
    struct ci_list builders; /* struct cached_builder, by id; of the version only */
    struct map *workers;     /* workerid: which builders it fits */
};

void claim_cache_init(struct claim_cache *cache);
void claim_cache_release(struct claim_cache *cache);

/* Reads all anew for a version that the cache does not have. */
CI_MUST_USE bool claim_cache_fill(struct claim_cache *cache, struct ci_db *db,
                                  const struct ci_config *config, struct ci_err *err);

/* For each of cache->builders: whether it fits. Valid until the worker's facts change. */
const bool *claim_cache_fits(struct claim_cache *cache, const struct ci_config *config,
                             const struct match_worker *worker);

/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a claim, for claim*.c only. */
#pragma once

#include "claim.h"
#include "claim_store.h"
#include "end.h"

/* The secrets of a builder whose builds are to start. */
struct run_secrets {
    bool known, held;    /* held: they can't be read now */
    json_t *values;      /* {name: value} */
    const char *refusal; /* why such a build can't start, or NULL */
};

/* From the waiting agents to the builds. */
struct run {
    struct builder *builder;
    void *mem;
    struct ci_time now;
    struct ci_mono mono;
    const struct ci_config *config;
    struct ci_list workers; /* struct match_worker */
    struct match_builder *builders;
    struct cached_builder **cached; /* of each of them */
    size_t builder_count;
    struct match_lock *locks;
    size_t lock_count;
    struct ci_list candidates; /* struct match_request */
    struct match_pair *pairs;
    size_t pair_count;
    struct claim_worker **locked; /* by worker; NULL: locked elsewhere, or not asked for */
    struct ci_list taken;         /* struct claim_request */
    struct claim_build *builds;
    size_t build_count;
    struct ci_list made;         /* struct ci_build */
    struct run_secrets *secrets; /* by builder */
    struct end_rows *ended;      /* by build; NULL: all go on */
};

/* claim_find.c: what there is to match. */
CI_MUST_USE bool run_find_builders(struct run *run, struct ci_err *err);
CI_MUST_USE bool run_find_candidates(struct run *run, struct ci_err *err);

/* claim_make.c: one transaction from the pairs to run->made. */
CI_MUST_USE bool run_make_builds(struct run *run, struct claim_outcome *out, struct ci_err *err);

static inline const struct match_request *run_request(const struct run *run, size_t pair)
{
    return (const struct match_request *)run->candidates.items + run->pairs[pair].request;
}

static inline const struct match_worker *run_worker(const struct run *run, size_t pair)
{
    return (const struct match_worker *)run->workers.items + run->pairs[pair].worker;
}

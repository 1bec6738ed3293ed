/* SPDX-License-Identifier: Apache-2.0 */
/* Matching pending requests with agents that wait. */
#include "match.h"

#include "policy.h"

#include <stdlib.h>
#include <string.h>

bool match_fits(const struct ci_builder *builder, const struct match_worker *worker)
{
    return ci_worker_fits(builder, worker->name, worker->labels);
}

/* One builder in one run. */
struct candidate {
    bool known;
    bool blocked; /* by locks, and so are all of its later requests */
    struct policy policy;
    int seen; /* requests of the builder so far */
};

/* One run. */
struct matching {
    const struct match_input *input;
    void *mem;
    struct candidate *candidates; /* by builder */
    bool worker_locks;            /* some worker has locks of its own */
    struct match_outcome *outcome;
};

/* One request's search for a worker. */
struct search {
    const struct matching *matching;
    const struct match_builder *builder;
    const struct match_request *request;
    bool locked; /* a worker was refused for a lock alone */
};

/* ---- locks ---- */

static struct ci_lock_load *load_of(const struct match_input *input, const struct match_use *use,
                                    size_t worker)
{
    const struct match_lock *lock = &input->locks[use->lock];

    return &lock->loads[lock->spec->per_worker ? worker : 0];
}

static bool use_fits(const struct match_input *input, const struct match_use *use, size_t worker)
{
    const struct ci_lock *spec = input->locks[use->lock].spec;
    const struct locks_use wanted = {
        .exclusive = use->exclusive,
        .count = use->count,
        .max = ci_lock_max(spec, input->workers[worker].name),
    };

    return locks_fits(&wanted, load_of(input, use, worker));
}

/* Those locks of the builder that are the same for every worker, or (`per_worker`) the others. */
static bool builder_locks_fit(const struct match_input *input, const struct match_builder *builder,
                              bool per_worker, size_t worker)
{
    for (size_t i = 0; i < builder->use_count; i++) {
        const struct match_use *use = &builder->uses[i];

        if (input->locks[use->lock].spec->per_worker == per_worker && !use_fits(input, use, worker))
            return false;
    }
    return true;
}

static bool worker_locks_fit(const struct match_input *input, size_t worker)
{
    const struct match_worker *waiting = &input->workers[worker];

    for (size_t i = 0; i < waiting->use_count; i++) {
        if (!use_fits(input, &waiting->uses[i], worker))
            return false;
    }
    return true;
}

static void add_loads(const struct match_input *input, const struct match_use *uses, size_t count,
                      size_t worker, bool granted)
{
    for (size_t i = 0; i < count; i++)
        ci_lock_load_add(load_of(input, &uses[i], worker), uses[i].exclusive, uses[i].count,
                         granted);
}

/* What is the same for every worker is reserved once. */
static void reserve_shared(const struct match_input *input, const struct match_builder *builder)
{
    for (size_t i = 0; i < builder->use_count; i++) {
        if (!input->locks[builder->uses[i].lock].spec->per_worker)
            add_loads(input, &builder->uses[i], 1, 0, false);
    }
}

/* ---- one request ---- */

static bool may_start(const struct search *search, size_t worker)
{
    const struct match_worker *waiting = &search->matching->input->workers[worker];

    return ci_worker_may_start(search->builder->can_start, search->request->properties,
                               waiting->name, waiting->labels, waiting->properties);
}

static bool may_take(const struct search *search, size_t worker)
{
    const char *chosen = search->request->workername;

    if (chosen && strcmp(chosen, search->matching->input->workers[worker].name) != 0)
        return false;
    return !search->builder->can_start || may_start(search, worker);
}

static bool try_worker(void *user, size_t worker)
{
    struct search *search = user;
    const struct match_input *input = search->matching->input;

    if (!may_take(search, worker))
        return false;
    if (builder_locks_fit(input, search->builder, true, worker) && worker_locks_fit(input, worker))
        return true;
    search->locked = true;
    return false;
}

/* Every worker that the request could have had, but for its locks, is kept for it. */
static void reserve_workers(struct search *search, const struct policy *policy)
{
    const struct match_input *input = search->matching->input;

    for (size_t i = 0; i < policy->count; i++) {
        const size_t worker = policy->workers[i];

        if (input->workers[worker].free == 0 || !may_take(search, worker))
            continue;
        for (size_t u = 0; u < search->builder->use_count; u++) {
            if (input->locks[search->builder->uses[u].lock].spec->per_worker)
                add_loads(input, &search->builder->uses[u], 1, worker, false);
        }
        add_loads(input, input->workers[worker].uses, input->workers[worker].use_count, worker,
                  false);
    }
}

static bool picky(const struct matching *matching, const struct match_builder *builder,
                  const struct match_request *request)
{
    return matching->worker_locks || builder->use_count > 0 || builder->can_start ||
           request->workername;
}

static bool is_preferred(const struct match_input *input, const struct match_builder *builder,
                         size_t worker)
{
    for (size_t i = 0; i < builder->preferred.count; i++) {
        if (builder->preferred.items[i] == input->workers[worker].workerid)
            return true;
    }
    return false;
}

/* A connected worker has the environment but no slot: the request waits for it, for a while. */
static bool hold_for_warm(const struct matching *matching, const struct match_builder *builder,
                          const struct match_request *request, size_t worker)
{
    const struct ci_time until =
        ci_time_add(request->submitted_at, builder->spec->environment_wait);
    struct match_outcome *outcome = matching->outcome;

    if (!builder->warm || until.us <= matching->input->now.us ||
        is_preferred(matching->input, builder, worker))
        return false;
    if (outcome->due.us == 0 || until.us < outcome->due.us)
        outcome->due = until;
    return true;
}

/* Later requests of the builder want the same locks: none of them is served in this run. */
static void block(struct matching *matching, struct candidate *candidate)
{
    candidate->blocked = true;
    matching->outcome->held_by_locks++;
}

static bool find_worker(struct matching *matching, struct candidate *candidate,
                        const struct match_builder *builder, const struct match_request *request,
                        size_t *worker)
{
    const struct match_input *input = matching->input;
    struct search search = {matching, builder, request, false};

    if (candidate->blocked || !policy_any(&candidate->policy, input))
        return false;
    if (!builder_locks_fit(input, builder, false, 0)) {
        reserve_shared(input, builder);
        block(matching, candidate);
        return false;
    }
    if (!policy_pick(&candidate->policy, input, builder,
                     picky(matching, builder, request) ? try_worker : NULL, &search, worker)) {
        if (search.locked) {
            reserve_shared(input, builder);
            reserve_workers(&search, &candidate->policy);
            if (!request->workername && !builder->can_start)
                block(matching, candidate);
        }
        return false;
    }
    return !hold_for_warm(matching, builder, request, *worker);
}

static void take(const struct match_input *input, const struct match_builder *builder,
                 size_t worker)
{
    struct match_worker *waiting = &input->workers[worker];

    waiting->free--;
    add_loads(input, builder->uses, builder->use_count, worker, true);
    add_loads(input, waiting->uses, waiting->use_count, worker, true);
}

/* ---- the run ---- */

static int by_builderid(const void *key, const void *item)
{
    const int64_t id = *(const int64_t *)key;
    const int64_t other = ((const struct match_builder *)item)->builderid;

    return (id > other) - (id < other);
}

static struct match_builder *find_builder(const struct match_input *input, int64_t builderid)
{
    return bsearch(&builderid, input->builders, input->builder_count, sizeof(*input->builders),
                   by_builderid);
}

static void count_pending(const struct match_input *input)
{
    for (size_t i = 0; i < input->builder_count; i++)
        input->builders[i].pending = 0;
    for (size_t i = 0; i < input->request_count; i++) {
        struct match_builder *builder = find_builder(input, input->requests[i].builderid);

        if (builder)
            builder->pending++;
    }
}

static bool any_worker_locks(const struct match_input *input)
{
    for (size_t i = 0; i < input->worker_count; i++) {
        if (input->workers[i].use_count > 0)
            return true;
    }
    return false;
}

static struct candidate *candidate_of(const struct matching *matching,
                                      const struct match_builder *builder)
{
    struct candidate *candidate = &matching->candidates[builder - matching->input->builders];

    if (!candidate->known)
        policy_begin(&candidate->policy, matching->input, builder, matching->mem);
    candidate->known = true;
    return candidate;
}

size_t match_requests(const struct match_input *input, void *mem, struct match_pair *out,
                      struct match_outcome *outcome)
{
    struct matching matching = {
        .input = input,
        .mem = mem,
        .candidates = ci_mem_array(mem, struct candidate, input->builder_count + 1),
        .worker_locks = any_worker_locks(input),
        .outcome = outcome,
    };
    size_t pairs = 0, worker = 0;

    *outcome = (struct match_outcome){0};
    count_pending(input);
    for (size_t i = 0; i < input->request_count; i++) {
        struct match_builder *builder = find_builder(input, input->requests[i].builderid);
        struct candidate *candidate;

        if (!builder)
            continue;
        candidate = candidate_of(&matching, builder);
        candidate->seen++;
        if (!find_worker(&matching, candidate, builder, &input->requests[i], &worker))
            continue;
        take(input, builder, worker);
        out[pairs++] = (struct match_pair){i, worker, (size_t)(builder - input->builders)};
        /* Its next request is unread and comes before those of others that follow here. */
        if (builder->truncated && candidate->seen == builder->pending &&
            policy_any(&candidate->policy, input)) {
            outcome->more = true;
            break;
        }
    }
    return pairs;
}

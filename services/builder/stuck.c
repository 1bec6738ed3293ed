/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that no worker can ever take. */
#include "stuck.h"

#include <string.h>

/* Waits with room for those of one more request on one worker. */
struct waits {
    struct locks_wait *items;
    size_t count;
};

static size_t most_uses(const struct ci_config *config)
{
    size_t builders = 0, workers = 0;

    CI_FOREACH(struct ci_builder, spec, config->builders) {
        if (spec->locks.count > builders)
            builders = spec->locks.count;
    }
    CI_FOREACH(struct ci_worker, spec, config->workers) {
        if (spec->locks.count > workers)
            workers = spec->locks.count;
    }
    return builders + workers;
}

static struct waits waits_of(const struct stuck *stuck, size_t requests, void *mem)
{
    const size_t more = requests * most_uses(stuck->config) * stuck->claims.count;
    struct waits waits = {ci_mem_array(mem, struct locks_wait, stuck->waits.count + more + 1), 0};

    CI_FOREACH(struct locks_wait, wait, stuck->waits)
        waits.items[waits.count++] = *wait;
    return waits;
}

/* Who holds one of these locks (struct locks_use) in the request's way. */
static void add_holders(const struct stuck *stuck, const struct stuck_request *request,
                        struct ci_list uses, struct waits *waits)
{
    CI_FOREACH(struct locks_use, use, uses) {
        const struct ci_lock_load load = locks_before(use, stuck->claims, 0, 0, 0);

        if (locks_fits(use, &load))
            continue;
        CI_FOREACH(struct locks_claim, claim, stuck->claims) {
            if (claim->granted && locks_same(use, claim))
                waits->items[waits->count++] =
                    (struct locks_wait){locks_node_request(request->buildrequestid),
                                        locks_node(claim->buildid, claim->step)};
        }
    }
}

/* Those of the builder's locks that are the same on every worker. */
static struct ci_list shared_uses(const struct ci_config *config, const struct ci_builder *spec,
                                  void *mem)
{
    struct ci_list all = locks_resolve(config, spec->locks, (struct ci_list){0}, "", -1, mem);
    struct locks_use *kept = all.items;
    size_t count = 0;

    CI_FOREACH(struct locks_use, use, all) {
        if (use->workerid == 0)
            kept[count++] = *use;
    }
    return (struct ci_list){kept, count};
}

void stuck_complete(struct stuck *stuck, void *mem)
{
    struct waits waits = waits_of(stuck, stuck->requests.count, mem);

    CI_FOREACH(struct stuck_request, request, stuck->requests) {
        const struct ci_builder *spec = ci_config_builder(stuck->config, request->builder);

        if (spec)
            add_holders(stuck, request, shared_uses(stuck->config, spec, mem), &waits);
    }
    stuck->waits = (struct ci_list){waits.items, waits.count};
}

static struct ci_list worker_locks(const struct ci_config *config, const char *name)
{
    CI_FOREACH(struct ci_worker, spec, config->workers) {
        if (strcmp(spec->name, name) == 0)
            return spec->locks;
    }
    return (struct ci_list){0};
}

/* As if there were only this worker. */
static struct ci_i64s circle_on(const struct stuck *stuck, const struct stuck_request *request,
                                const struct ci_builder *spec, const struct stuck_worker *worker,
                                void *mem)
{
    const struct ci_list uses =
        locks_resolve(stuck->config, spec->locks, worker_locks(stuck->config, worker->name),
                      worker->name, worker->workerid, mem);
    struct waits waits = waits_of(stuck, 1, mem);

    add_holders(stuck, request, uses, &waits);
    return locks_circle((struct ci_list){waits.items, waits.count},
                        locks_node_request(request->buildrequestid), mem);
}

struct ci_i64s stuck_circle(const struct stuck *stuck, const struct stuck_request *request,
                            void *mem)
{
    const struct ci_builder *spec = ci_config_builder(stuck->config, request->builder);
    struct ci_i64s circle =
        locks_circle(stuck->waits, locks_node_request(request->buildrequestid), mem);

    if (circle.count > 0 || !spec)
        return circle;
    CI_FOREACH(struct stuck_worker, worker, stuck->workers) {
        if (!ci_worker_fits(spec, worker->name, worker->labels))
            continue;
        circle = circle_on(stuck, request, spec, worker, mem);
        if (circle.count == 0)
            return circle;
    }
    return circle;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Makes buildsets and tells of them; see make.h. */
#include "make.h"

#include "store.h"

#include <string.h>

void *make_room(void *mem, void *items, size_t count, size_t *size, size_t each)
{
    void *more;

    if (count < *size)
        return items;
    *size = *size ? 2 * *size : 16;
    more = ci_mem_array_size(mem, each, *size);
    if (count > 0)
        memcpy(more, items, count * each);
    return more;
}

bool make_buildset(struct making *making, struct ci_strs builders,
                   struct ci_buildset_request *request, struct ci_buildset_made *out,
                   struct ci_err *err)
{
    void *mem = making->tick->mem;
    struct made one = {0};

    if (!store_builder_ids(making->tx, builders, mem, &request->builderids, err) ||
        !ci_buildset_add(making->tx, request, making->tick->now, mem, &one.set, err) ||
        !ci_buildset_supersede(making->tx, making->config, &one.set, making->tick->now, mem,
                               &one.superseded, err))
        return false;
    making->made = make_room(mem, making->made, making->count, &making->size, sizeof(one));
    making->made[making->count++] = one;
    if (out)
        *out = one.set;
    return true;
}

void make_announce(const struct making *making)
{
    for (size_t i = 0; i < making->count; i++) {
        const struct made *one = &making->made[i];

        ci_buildset_announce(making->app->db, making->app->bus, &one->set, making->tick->mem);
        ci_superseded_announce(making->app->bus, &one->superseded);
        ci_log(CI_INFO, "buildset.new", ci_kv("buildset", one->set.bsid));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which worker may take a builder's builds, and who may have a lock. */
#include "shared/match.h"

#include <stdlib.h>
#include <string.h>

static bool named(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.items[i], name) == 0)
            return true;
    }
    return names.count == 0;
}

static bool labelled(struct ci_kvs wanted, const json_t *labels)
{
    for (size_t i = 0; i < wanted.count; i++) {
        const char *has = json_string_value(json_object_get(labels, wanted.items[i].key));
        const char *want = wanted.items[i].value;

        if (!has || !want || strcmp(has, want) != 0)
            return false;
    }
    return true;
}

bool ci_worker_fits(const struct ci_builder *builder, const char *name, const json_t *labels)
{
    return named(builder->workers, name) && labelled(builder->worker_labels, labels);
}

json_t *ci_worker_facts(const char *name, json_t *labels, json_t *properties)
{
    json_t *facts = json_pack("{s:s}", "name", name);

    json_object_set_new(facts, "labels", labels ? json_incref(labels) : json_object());
    json_object_set_new(facts, "properties", properties ? json_incref(properties) : json_object());
    return facts;
}

bool ci_worker_may_start(const struct ci_condition *condition, json_t *request_properties,
                         const char *name, json_t *labels, json_t *properties)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_scope scope = {
        .properties = request_properties,
        .worker = ci_mem_json(mem, ci_worker_facts(name, labels, properties)),
    };
    const struct ci_condition_input input = {.scope = &scope};
    struct ci_err ignored;
    bool holds = false;

    return ci_condition_eval(condition, &input, mem, &holds, &ignored) && holds;
}

bool ci_lock_fits(const struct ci_lock_want *want, const struct ci_lock_load *load)
{
    if (load->exclusive > 0)
        return false;
    if (want->exclusive)
        return load->counting == 0 && load->waiting == 0;
    return load->counting + want->count <= want->max;
}

void ci_lock_load_add(struct ci_lock_load *load, bool exclusive, int count, bool granted)
{
    load->exclusive += exclusive;
    load->counting += exclusive ? 0 : count;
    load->waiting += !granted;
}

int ci_lock_max(const struct ci_lock *lock, const char *worker_name)
{
    const char *own = lock->per_worker ? ci_kvs_get(lock->max_count_for_worker, worker_name) : NULL;

    return own ? (int)strtol(own, NULL, 10) : lock->max_count;
}

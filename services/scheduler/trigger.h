/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trigger step asks for, as plain data. A request is the agent's:
 * {schedulers or builders, unimportant, waited_for, sources, set_properties,
 * parent_relationship}; an order is one buildset of it: {sources,
 * set_properties, waited_for, parent_buildid, parent_relationship, priority}.
 */
#pragma once

#include "shared/buildset.h"
#include "store.h"

/* The order that every buildset of the trigger follows. Tied to mem. */
json_t *trigger_order(const struct trigger *trigger, void *mem);

/* The buildset of a scheduler; its priority is the order's where that is higher. */
struct ci_buildset_request trigger_plan(const struct ci_scheduler *scheduler, const json_t *order,
                                        void *mem);

/* The buildset of `builders`, without a scheduler: sources as given. */
struct ci_buildset_request trigger_plan_builders(const struct trigger *trigger, const json_t *order,
                                                 void *mem);

/* A list of texts of the request. */
struct ci_strs trigger_names(const struct trigger *trigger, const char *key, void *mem);
bool trigger_is_important(const struct trigger *trigger, const char *scheduler);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which worker may take a builder's builds, and who may have a lock: the rules
 * by which the builder service matches requests, for whoever has to tell
 * people about them. Plain functions, any thread.
 */
#pragma once

#include "shared/condition.h"
#include "shared/config.h"

/* Whether the builder's builds may run on this worker: its names and its labels both allow it. */
bool ci_worker_fits(const struct ci_builder *builder, const char *name, const json_t *labels);

/* What conditions and texts see of a worker: {name, labels, properties}, a new reference. */
json_t *ci_worker_facts(const char *name, json_t *labels, json_t *properties);

/* Whether can_start_build holds for a request with these properties on this worker. A condition
 * that can't be evaluated does not hold. */
bool ci_worker_may_start(const struct ci_condition *condition, json_t *request_properties,
                         const char *name, json_t *labels, json_t *properties);

/* What is taken of one lock, or reserved for those who wait. */
struct ci_lock_load {
    int64_t counting;
    int exclusive, waiting;
};

/* One who wants a lock. */
struct ci_lock_want {
    bool exclusive;
    int count; /* counting: how many of `max`; 0 is allowed */
    int max;   /* of the lock, on the worker */
};

/* Whether it can be granted beside `load`. An exclusive user wants no counting one there, but one
 * of count 0 does not count; nobody fits beside an exclusive one that holds it or waits. */
bool ci_lock_fits(const struct ci_lock_want *want, const struct ci_lock_load *load);
/* Adds a user who holds the lock, or who waits and is not to be overtaken. */
void ci_lock_load_add(struct ci_lock_load *load, bool exclusive, int count, bool granted);
/* How many counting users the lock has room for, on this worker. */
int ci_lock_max(const struct ci_lock *lock, const char *worker_name);

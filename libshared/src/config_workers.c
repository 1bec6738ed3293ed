/* SPDX-License-Identifier: Apache-2.0 */
/* `workers` and `locks`. */
#include "config_internal.h"

#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct ci_worker, member)
static const struct key worker_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED,
        "Unique name, an identifier of at most 50 characters.", .example = "w1",
        .check = check_identifier),
    KEY("password", KEY_SECRET, AT(password), KEY_REQUIRED,
        "What its agent signs in with: a text, {secret: NAME} or {env: NAME}.",
        .example = "{secret: w1-password}"),
    KEY("max_builds", KEY_INT, AT(max_builds), 0,
        "Builds at one time; default: as many as the agent offers.", .example = "4", .min = 1,
        .max = 10000),
    KEY("labels", KEY_KVS, AT(labels), 0, "What builders choose it by; default: none.",
        .example = "{os: linux, arch: arm64}"),
    KEY("properties", KEY_OBJECT, AT(properties), 0,
        "Properties of the builds it runs; default: none.", .example = "{sysroot: /opt/sysroot}",
        .check_name = check_property_name),
    KEY("default_properties", KEY_OBJECT, AT(default_properties), 0,
        "Properties that its builds get where nobody else sets them; default: none.",
        .example = "{jobs: 8}", .check_name = check_property_name),
    KEY("locks", KEY_LIST, AT(locks), 0, "Locks that each build on it holds; default: none.",
        .example = "[{lock: license}]", .section = &config_lock_use),
    KEY("notify_on_missing", KEY_STRS, AT(notify_on_missing), KEY_UNIQUE,
        "Mail addresses that hear of its absence; default: nobody.",
        .example = "[ops@acme.example]", .check = check_address),
    KEY("missing_timeout", KEY_DUR, AT(missing_timeout), 0,
        "How long it may be absent before that; default 1h, at least 1s.", .example = "15m",
        .min = 1),
};
#undef AT
static const struct ci_worker worker_defaults = {.missing_timeout = {3600 * INT64_C(1000000)}};

const struct section config_worker = {
    .has_chapter = true,
    .name = "worker",
    .help = "A machine that may sign in with a password.",
    SECTION_KEYS(worker_keys),
    .size = sizeof(struct ci_worker),
    .defaults = &worker_defaults,
    .space = SPACE_WORKER,
};

#define AT(member) offsetof(struct ci_lock, member)
static const struct key lock_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED | KEY_NOT_EMPTY, "Unique name.",
        .example = "database", .check = check_one_line),
    KEY("max_count", KEY_INT, AT(max_count), 0,
        "How many may hold it at one time in counting mode; default 1.", .example = "3", .min = 1,
        .max = 1000000),
    KEY("per_worker", KEY_BOOL, AT(per_worker), 0,
        "Whether each worker has one of its own; default false: one for all.", .example = "true"),
    KEY("max_count_for_worker", KEY_KVS, AT(max_count_for_worker), 0,
        "max_count of certain workers, with per_worker; default: max_count.", .example = "{w1: 4}",
        .check = check_whole_number, .refers_to = SPACE_WORKER),
};
#undef AT

static void finish_lock(struct decode *d, const struct node *map, void *out)
{
    const struct ci_lock *lock = out;
    const struct node *counts = node_get(map, "max_count_for_worker");

    if (lock->max_count_for_worker.count > 0 && !lock->per_worker)
        complain(d, counts, "\"max_count_for_worker\" needs \"per_worker: true\"");
    for (size_t i = 0; i < lock->max_count_for_worker.count; i++) {
        const char *text = lock->max_count_for_worker.items[i].value;

        if (text && !check_whole_number(text, d->mem) && strtol(text, NULL, 10) < 1)
            complain(d, counts->items[i], "%s is less than 1", text);
    }
}

static const struct ci_lock lock_defaults = {.max_count = 1};

const struct section config_lock = {
    .has_chapter = true,
    .name = "lock",
    .help = "Something that not everybody may use at once; its name, or a mapping.",
    SECTION_KEYS(lock_keys),
    .size = sizeof(struct ci_lock),
    .defaults = &lock_defaults,
    .space = SPACE_LOCK,
    .finish = finish_lock,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of why start from: a plant of two idle workers, and how its gates are looked at.
 */
#pragma once

#include "ci_test.h"
#include "why/why.h"

#include <string.h>

enum { SECOND = 1000000 };
static const struct ci_time now = {1700000000LL * SECOND};

static const char yaml[] =
    "title: T\n"
    "url: http://ci.test/\n"
    "locks:\n"
    "  - {name: packages}\n"
    "  - {name: shared, max_count: 2}\n"
    "  - {name: disk, per_worker: true}\n"
    "schedulers:\n"
    "  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [linux]}\n"
    "  - {type: any_branch, name: docs, important_files: ['doc/*'], tree_stable_timer: 1h,\n"
    "     builders: [linux]}\n"
    "  - {type: force, name: force, builders: [linux]}\n"
    "builders:\n"
    "  - {name: linux, worker_labels: {os: linux}, steps: [{run: make}]}\n"
    "  - {name: plan9, worker_labels: {os: plan9}, steps: [{run: make}]}\n"
    "  - {name: named, workers: [w1, w2], steps: [{run: make}]}\n"
    "  - {name: locked, worker_labels: {os: linux}, locks: [packages], steps: [{run: make}]}\n"
    "  - {name: counted, worker_labels: {os: linux}, locks: [shared], steps: [{run: make}]}\n"
    "  - {name: each, worker_labels: {os: linux}, locks: [disk], steps: [{run: make}]}\n"
    "  - {name: picky, can_start_build: \"worker.cpu == 'arm'\", steps: [{run: make}]}\n"
    "  - name: warm\n"
    "    queue_timeout: 1h\n"
    "    environment: {key: [a.txt], steps: [{run: 'true'}], wait: 5m}\n"
    "    steps: [{git: {repository: /r}}, {run: make}]\n"
    "workers:\n"
    "  - {name: w1, password: p}\n"
    "  - {name: w2, password: p}\n";

/* What each test starts from: two idle linux workers, w1 and w2, with two slots each. */
struct plant {
    void *mem;
    struct ci_config *config;
    struct why_worker workers[3];
    struct why_running running[4];
    struct why_load loads[2];
    struct why_claim claims[2];
    struct why_duration durations[3];
    struct why_build builds[2];
    struct why_warm warm;
    struct why_facts facts;
};

static inline struct why_worker linux_worker(void *mem, int64_t id, const char *name)
{
    return (struct why_worker){
        .workerid = id,
        .name = name,
        .labels = ci_mem_json(mem, json_pack("{s:s}", "os", "linux")),
        .connected = true,
        .last_seen_at = now,
        .slots = 2,
    };
}

static inline int plant_open(void **state)
{
    void *mem = ci_mem_new();
    struct plant *plant = ci_mem_zero(mem, struct plant);
    struct ci_list problems = {0};

    plant->mem = mem;
    if (!ci_config_parse("t.yaml", yaml, strlen(yaml), mem, &plant->config, &problems))
        fail_msg("%s", ((const struct ci_problem *)problems.items)->message);
    plant->workers[0] = linux_worker(mem, 1, "w1");
    plant->workers[1] = linux_worker(mem, 2, "w2");
    plant->facts = (struct why_facts){
        .now = now,
        .config = plant->config,
        .workers = {plant->workers,      2},
        .request = { .buildrequestid = 7,
                    .builder = "linux",
                    .submitted_at = {now.us - 12LL * SECOND},
                    .results = -1,
                    .scheduler = "main",
                    .reason = "a push"},
    };
    *state = plant;
    return 0;
}

static inline int plant_close(void **state)
{
    ci_mem_free(((struct plant *)*state)->mem);
    return 0;
}

static inline struct why judge(struct plant *plant, const char *builder)
{
    plant->facts.request.builder = builder;
    plant->facts.builder = ci_config_builder(plant->config, builder);
    why_place_locks(&plant->facts);
    return why_judge(&plant->facts, plant->mem);
}

static const struct why_gate *gate_of(const struct why *why, const char *name)
{
    CI_FOREACH(const struct why_gate, gate, why->gates) {
        if (strcmp(gate->gate, name) == 0)
            return gate;
    }
    fail_msg("no gate %s", name);
    return NULL;
}

/* The gate is closed, is the first that is, and says `text`. */
static inline void assert_closed(const struct why *why, const char *name, const char *text)
{
    const struct why_gate *gate = gate_of(why, name);
    const char *waits = strstr(why->summary, " waits: ");

    assert_false(gate->open);
    assert_string_equal(text, gate->text);
    assert_non_null(waits);
    assert_string_equal(text, waits + strlen(" waits: "));
}

static inline void busy(struct plant *plant, int worker, const char *first, const char *second)
{
    struct why_running *running = &plant->running[plant->facts.running.count];

    running[0] = (struct why_running){worker + 1, first, {now.us - 60LL * SECOND}};
    running[1] = (struct why_running){worker + 1, second, {now.us - 30LL * SECOND}};
    plant->workers[worker].running = 2;
    plant->facts.running.items = plant->running;
    plant->facts.running.count += 2;
}

static inline void pause_worker(struct why_worker *worker)
{
    worker->paused = true;
    worker->paused_by = "ada";
    worker->pause_reason = "disk full";
    worker->paused_at = now;
}

#define why_test(f) cmocka_unit_test_setup_teardown(f, plant_open, plant_close)

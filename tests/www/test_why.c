/* SPDX-License-Identifier: Apache-2.0 */
/* Why requests wait: every gate, the estimate, and the story of what is over. */
#include "ci_test.h"
#include "shared/result.h"
#include "why/why.h"
#include "why/why_change.h"

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

static struct why_worker linux_worker(void *mem, int64_t id, const char *name)
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

static int plant_open(void **state)
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

static int plant_close(void **state)
{
    ci_mem_free(((struct plant *)*state)->mem);
    return 0;
}

static struct why judge(struct plant *plant, const char *builder)
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
static void assert_closed(const struct why *why, const char *name, const char *text)
{
    const struct why_gate *gate = gate_of(why, name);
    const char *waits = strstr(why->summary, " waits: ");

    assert_false(gate->open);
    assert_string_equal(text, gate->text);
    assert_non_null(waits);
    assert_string_equal(text, waits + strlen(" waits: "));
}

static void busy(struct plant *plant, int worker, const char *first, const char *second)
{
    struct why_running *running = &plant->running[plant->facts.running.count];

    running[0] = (struct why_running){worker + 1, first, {now.us - 60LL * SECOND}};
    running[1] = (struct why_running){worker + 1, second, {now.us - 30LL * SECOND}};
    plant->workers[worker].running = 2;
    plant->facts.running.items = plant->running;
    plant->facts.running.count += 2;
}

static void pause_worker(struct why_worker *worker)
{
    worker->paused = true;
    worker->paused_by = "ada";
    worker->pause_reason = "disk full";
    worker->paused_at = now;
}

/* ---- workers ---- */

static void why__says_that_nothing_holds_it(void **state)
{
    struct plant *plant = *state;
    const struct why why = judge(plant, "linux");

    assert_string_equal("request 7 of builder linux is about to start", why.summary);
    assert_string_equal("pending", why.state);
    CI_FOREACH(const struct why_gate, gate, why.gates)
        assert_true(gate->open);
    assert_string_equal("2 workers match (the label os=linux): w1, w2",
                        gate_of(&why, "worker_labels")->text);
    assert_string_equal("4 of 4 slots free", gate_of(&why, "worker_slots")->text);
}

static void why__names_labels_that_no_worker_has(void **state)
{
    struct plant *plant = *state;
    const struct why why = judge(plant, "plan9");

    assert_closed(&why, "worker_labels", "no worker has the label os=plan9 (2 connected: w1, w2)");
    assert_null(why.estimate);
    assert_int_equal(2, gate_of(&why, "worker_labels")->workers.count);
}

static void why__names_workers_that_are_not_there(void **state)
{
    struct plant *plant = *state;
    struct why why;

    plant->facts.workers.count = 0;
    why = judge(plant, "named");
    assert_closed(&why, "worker_labels", "of the workers w1, w2 none is known (none is connected)");
}

static void why__says_since_when_nobody_is_connected(void **state)
{
    struct plant *plant = *state;
    struct why why;

    plant->workers[0].connected = plant->workers[1].connected = false;
    plant->workers[0].slots = plant->workers[1].slots = 0;
    plant->workers[1].last_seen_at.us = 0;
    why = judge(plant, "linux");
    assert_closed(&why, "worker_connected",
                  "w1 is not connected since 2023-11-14T22:13:20Z; w2 was never connected");
    assert_null(why.estimate);
}

static void why__says_who_paused_and_why(void **state)
{
    struct plant *plant = *state;
    struct why why;

    pause_worker(&plant->workers[0]);
    plant->workers[1].graceful = true;
    why = judge(plant, "linux");
    assert_closed(
        &why, "worker_paused",
        "w1 is paused by ada since 2023-11-14T22:13:20Z because disk full; w2 is stopping");
    assert_null(why.estimate);
}

static void why__tells_the_end_of_a_quarantine(void **state)
{
    struct plant *plant = *state;
    const struct ci_time until = {now.us + 600LL * SECOND};
    struct why why;

    plant->workers[0].quarantine_until = plant->workers[1].quarantine_until = until;
    plant->workers[0].failures = 3;
    plant->workers[1].failures = 1;
    plant->durations[0].us = 60LL * SECOND;
    plant->facts.durations = (struct ci_list){plant->durations, 1};
    why = judge(plant, "linux");
    assert_closed(&why, "worker_paused",
                  "w1 is in quarantine until 2023-11-14T22:23:20Z after 3 failures of its agent; "
                  "w2 is in quarantine until 2023-11-14T22:23:20Z after 1 failure of its agent");
    assert_int_equal(until.us, why.estimate->start_at.us);
}

static void why__counts_busy_and_paused_workers(void **state)
{
    struct plant *plant = *state;
    struct why why;

    plant->workers[2] = linux_worker(plant->mem, 3, "w3");
    plant->facts.workers.count = 3;
    pause_worker(&plant->workers[2]);
    busy(plant, 0, "linux/17", "linux/18");
    busy(plant, 1, "linux/19", "linux/20");
    why = judge(plant, "linux");
    assert_closed(&why, "worker_slots",
                  "3 workers match: 2 are busy with builds linux/17, linux/18, linux/19, linux/20; "
                  "w3 is paused by ada since 2023-11-14T22:13:20Z because disk full");
    assert_int_equal(4, gate_of(&why, "worker_slots")->builds.count);
    assert_int_equal(2, gate_of(&why, "worker_slots")->workers.count);
    assert_true(gate_of(&why, "worker_paused")->open);
}

static void why__keeps_to_the_chosen_worker(void **state)
{
    struct plant *plant = *state;
    struct why why;

    plant->facts.request.workername = "w2";
    busy(plant, 1, "linux/19", "linux/20");
    why = judge(plant, "linux");
    assert_closed(&why, "worker_slots", "worker w2 is busy with builds linux/19, linux/20");

    plant->facts.request.workername = "m1";
    why = judge(plant, "linux");
    assert_closed(&why, "chosen_worker",
                  "it is to run on worker m1 only, which is none of those that match");
}

static void why__says_whom_can_start_build_refuses(void **state)
{
    struct plant *plant = *state;
    struct why why = judge(plant, "picky");

    assert_closed(&why, "can_start_build", "can_start_build refuses workers w1, w2");
    json_object_set_new(plant->workers[1].labels, "cpu", json_string("arm"));
    why = judge(plant, "picky");
    assert_true(gate_of(&why, "can_start_build")->open);
    assert_string_equal("can_start_build refuses worker w1",
                        gate_of(&why, "can_start_build")->text);
}

/* ---- locks, queue, environment ---- */

static void hold(struct plant *plant, const char *lock, int64_t workerid, bool exclusive, int count)
{
    const size_t at = plant->facts.loads.count++;

    plant->loads[at] = (struct why_load){lock, workerid, exclusive, true, count};
    plant->claims[at] =
        (struct why_claim){lock, workerid, at ? "package/13" : "package/12", now, exclusive, true};
    plant->facts.loads.items = plant->loads;
    plant->facts.claims = (struct ci_list){plant->claims, at + 1};
}

static void why__names_who_holds_a_lock(void **state)
{
    struct plant *plant = *state;
    struct why why;

    hold(plant, "packages", 0, true, 1);
    why = judge(plant, "locked");
    assert_closed(&why, "locks", "lock packages is held by build package/12 (exclusive)");
    assert_string_equal("packages", gate_of(&why, "locks")->locks.items[0]);
    assert_string_equal("package/12", gate_of(&why, "locks")->builds.items[0]);
    why = judge(plant, "linux");
    assert_string_equal("request 7 of builder linux is about to start", why.summary);
}

static void why__counts_who_shares_a_lock(void **state)
{
    struct plant *plant = *state;
    struct why why;

    hold(plant, "shared", 0, false, 1);
    why = judge(plant, "counted");
    assert_string_equal("lock shared can be had", gate_of(&why, "locks")->text);
    hold(plant, "shared", 0, false, 1);
    why = judge(plant, "counted");
    assert_closed(&why, "locks",
                  "lock shared is held by builds package/12, package/13 (room for 2)");
}

static void why__passes_over_workers_whose_lock_is_held(void **state)
{
    struct plant *plant = *state;
    struct why why;

    hold(plant, "disk", 1, false, 1);
    why = judge(plant, "each");
    assert_true(gate_of(&why, "locks")->open);
    hold(plant, "disk", 2, false, 1);
    why = judge(plant, "each");
    assert_closed(&why, "locks",
                  "lock disk of worker w1 is held by build package/12 (room for 1); "
                  "lock disk of worker w2 is held by build package/13 (room for 1)");
}

static void why__counts_the_requests_ahead(void **state)
{
    struct plant *plant = *state;
    struct why why;

    plant->facts.ahead = 3;
    why = judge(plant, "linux");
    assert_true(gate_of(&why, "ahead")->open); /* four slots are free */
    plant->facts.ahead = 5;
    why = judge(plant, "linux");
    assert_closed(&why, "ahead", "5 requests are ahead of it (priority, age)");
    assert_int_equal(5, why.ahead.value);
    plant->facts.ahead = WHY_AHEAD + 1;
    why = judge(plant, "linux");
    assert_closed(&why, "ahead", "more than 1000 requests are ahead of it (priority, age)");
}

static void why__tells_of_the_wait_for_an_environment(void **state)
{
    struct plant *plant = *state;
    struct why why;

    plant->warm = (struct why_warm){1, "w1"};
    plant->facts.warm = (struct ci_list){&plant->warm, 1};
    busy(plant, 0, "warm/1", "warm/2");
    why = judge(plant, "warm");
    assert_closed(&why, "environment",
                  "waits for a warm environment on worker w1 until 2023-11-14T22:18:08Z");
    assert_string_equal("it is given up at 2023-11-14T23:13:08Z (queue_timeout)",
                        gate_of(&why, "queue_timeout")->text);
    plant->workers[0].running = 1;
    why = judge(plant, "warm");
    assert_true(gate_of(&why, "environment")->open);
    plant->workers[0].running = 2;
    plant->facts.request.submitted_at.us = now.us - 301LL * SECOND;
    why = judge(plant, "warm");
    assert_true(gate_of(&why, "environment")->open);
}

static void why__says_that_the_builder_is_gone(void **state)
{
    struct plant *plant = *state;
    const struct why why = judge(plant, "gone");

    assert_closed(&why, "builder", "builder gone left the configuration");
    assert_int_equal(1, why.gates.count);
    assert_false(why.ahead.set);
    assert_null(why.estimate);
}

static void why__says_that_it_is_being_cancelled(void **state)
{
    struct plant *plant = *state;
    struct why why;

    plant->facts.request.cancel_reason = "a mistake";
    why = judge(plant, "linux");
    assert_closed(&why, "cancel", "it is being cancelled because a mistake");
}

static void why__knows_who_competes_for_workers(void **state)
{
    struct plant *plant = *state;
    struct ci_strs rivals;

    (void)judge(plant, "linux");
    rivals = why_rivals(&plant->facts, plant->mem);
    assert_int_equal(7, rivals.count); /* all but plan9 */
    (void)judge(plant, "plan9");
    rivals = why_rivals(&plant->facts, plant->mem);
    assert_int_equal(1, rivals.count);
    assert_string_equal("plan9", rivals.items[0]);
}

/* ---- estimates ---- */

static void history(struct plant *plant, size_t count)
{
    plant->durations[0].us = 300LL * SECOND;
    plant->durations[1].us = 100LL * SECOND;
    plant->durations[2].us = 120LL * SECOND;
    plant->facts.durations = (struct ci_list){plant->durations, count};
}

static void why__estimates_by_the_median(void **state)
{
    struct plant *plant = *state;
    struct why why;

    history(plant, 3);
    why = judge(plant, "linux");
    assert_int_equal(now.us, why.estimate->start_at.us);
    assert_int_equal(now.us + 120LL * SECOND, why.estimate->complete_at.us);
    assert_int_equal(3, why.estimate->based_on);
    assert_string_equal("the median of the builder's last 3 successful builds, 2 m 0 s; "
                        "0 requests ahead, 4 slots",
                        why.estimate->basis);
    history(plant, 2);
    why = judge(plant, "linux");
    assert_int_equal(now.us + 200LL * SECOND, why.estimate->complete_at.us);
    history(plant, 0);
    why = judge(plant, "linux");
    assert_null(why.estimate);
}

static void why__estimates_by_the_slots_that_become_free(void **state)
{
    struct plant *plant = *state;
    struct why why;

    history(plant, 3);
    busy(plant, 0, "linux/1", "linux/2");
    busy(plant, 1, "linux/3", "linux/4"); /* two are over in 60 s, two in 90 s */
    plant->running[1].started_at.us = now.us - 60LL * SECOND;
    plant->running[2].started_at.us = now.us - 30LL * SECOND;
    why = judge(plant, "linux");
    assert_int_equal(now.us + 60LL * SECOND, why.estimate->start_at.us);
    plant->facts.ahead = 2;
    why = judge(plant, "linux");
    assert_int_equal(now.us + 90LL * SECOND, why.estimate->start_at.us);
    plant->facts.ahead = 4; /* a whole round later */
    why = judge(plant, "linux");
    assert_int_equal(now.us + 180LL * SECOND, why.estimate->start_at.us);
}

/* ---- what has begun, or is over ---- */

static void why__tells_of_a_running_build(void **state)
{
    struct plant *plant = *state;
    struct why why;

    history(plant, 3);
    plant->builds[0] = (struct why_build){1,
                                          1,
                                          "linux/6",
                                          "w1",
                                          {now.us - 9LL * SECOND},
                                          {now.us - 5LL * SECOND},
                                          true,
                                          false,
                                          CI_RETRY,
                                          "the worker was lost"};
    plant->builds[1] = (struct why_build){2,   2,     "linux/7", "w2", {now.us - 2LL * SECOND},
                                          {0}, false, true,      0,    "building"};
    plant->facts.builds = (struct ci_list){plant->builds, 2};
    why = judge(plant, "linux");
    assert_string_equal("running", why.state);
    assert_string_equal(
        "build linux/7 runs since 2023-11-14T22:13:18Z; it waits for the builds that "
        "it has triggered",
        why.summary);
    assert_string_equal("attempt 1, build linux/6, was lost at 2023-11-14T22:13:15Z: "
                        "the worker was lost",
                        gate_of(&why, "lost")->text);
    assert_string_equal("build linux/7 began on worker w2 at 2023-11-14T22:13:18Z, 10 s after the "
                        "request",
                        gate_of(&why, "started")->text);
    assert_int_equal(now.us + 118LL * SECOND, why.estimate->complete_at.us);
}

static void why__tells_what_became_of_a_request(void **state)
{
    struct plant *plant = *state;
    struct why_request *request = &plant->facts.request;
    struct why why;

    request->complete = true;
    request->complete_at = now;
    request->results = CI_SKIPPED;
    request->collapsed_into = ci_some(9);
    why = judge(plant, "linux");
    assert_string_equal("collapsed", why.state);
    assert_string_equal(
        "request 7 of builder linux was collapsed into request 9 at 2023-11-14T22:13:20Z",
        why.summary);
    request->collapsed_into.set = false;
    request->results = CI_CANCELLED;
    request->cancel_reason = "a mistake";
    why = judge(plant, "linux");
    assert_string_equal("cancelled", why.state);
    assert_string_equal(
        "request 7 of builder linux was cancelled at 2023-11-14T22:13:20Z because a mistake",
        why.summary);
}

static void why__tells_how_long_a_build_waited(void **state)
{
    struct plant *plant = *state;
    struct why_request *request = &plant->facts.request;
    struct why why;

    request->complete = true;
    request->complete_at = now;
    request->results = CI_FAILURE;
    plant->builds[0] = (struct why_build){1,   1,    "linux/6", "w1",       {now.us - 5LL * SECOND},
                                          now, true, false,     CI_FAILURE, "make failed"};
    plant->facts.builds = (struct ci_list){plant->builds, 1};
    why = judge(plant, "linux");
    assert_string_equal("complete", why.state);
    assert_string_equal("build linux/6 ended at 2023-11-14T22:13:20Z with failure; "
                        "the request had waited 7 s",
                        why.summary);
    assert_string_equal("it ended at 2023-11-14T22:13:20Z, 5 s later: make failed",
                        gate_of(&why, "complete")->text);
    assert_null(why.estimate);
}

/* ---- changes ---- */

static struct why_change judge_change(struct plant *plant, struct why_scheduler *schedulers,
                                      const char *branch)
{
    static const char *const files[] = {"src/a.c"};
    const struct why_change_facts facts = {
        .config = plant->config,
        .change = {.changeid = 4, .branch = branch, .files = {files, 1}},
        .schedulers = {schedulers,             3                   },
    };

    return why_change_judge(&facts, plant->mem);
}

static const struct why_answer *answer_of(const struct why_change *why, size_t at)
{
    return (const struct why_answer *)why->schedulers.items + at;
}

static void why_change__says_which_filter_refused_it(void **state)
{
    struct plant *plant = *state;
    struct why_scheduler schedulers[3] = {
        {.schedulerid = 1}, {.schedulerid = 2}, {.schedulerid = 3}};
    struct why_change why;

    schedulers[0].name = "docs";
    schedulers[1].name = "force";
    schedulers[2].name = "main";
    schedulers[2].verdict = "refused";
    schedulers[2].reason = "branch \"x\" is not main";
    for (size_t i = 0; i < CI_COUNT(schedulers); i++)
        schedulers[i].enabled = true;
    why = judge_change(plant, schedulers, "x");
    assert_string_equal("refused", why.state);
    assert_string_equal("unimportant", answer_of(&why, 0)->verdict);
    assert_true(answer_of(&why, 0)->evaluated_now);
    assert_string_equal("ignored", answer_of(&why, 1)->verdict);
    assert_string_equal("refused", answer_of(&why, 2)->verdict);
    assert_string_equal("refused it: branch \"x\" is not main", answer_of(&why, 2)->text);
    assert_false(answer_of(&why, 2)->evaluated_now);
    assert_non_null(strstr(why.summary, "change 4 built nothing: none of 2 schedulers took it"));
}

static void why_change__tells_who_keeps_and_who_built_it(void **state)
{
    struct plant *plant = *state;
    const int64_t ids[] = {11, 12};
    struct why_scheduler schedulers[] = {
        {.schedulerid = 1,
         .name = "docs",
         .enabled = true,
         .kept = true,
         .important = true,
         .due_at = now},
        {.schedulerid = 2, .name = "force",                     .enabled = true                                        },
        {.schedulerid = 3,  .name = "main",.enabled = false},
    };
    struct why_change why = judge_change(plant, schedulers, "main");

    assert_string_equal("kept", why.state);
    assert_string_equal("change 4 waits: scheduler docs keeps it until 2023-11-14T22:13:20Z: "
                        "its stable timer runs",
                        why.summary);
    assert_int_equal(now.us, answer_of(&why, 0)->until.us);
    assert_string_equal("is switched off", answer_of(&why, 2)->text);
    schedulers[2].enabled = true;
    why = judge_change(plant, schedulers, "main");
    assert_string_equal("missed", answer_of(&why, 2)->verdict);
    schedulers[2].buildsets = (struct ci_i64s){ids, 2};
    why = judge_change(plant, schedulers, "main");
    assert_string_equal("built", why.state);
    assert_string_equal("built it: buildsets 11, 12", answer_of(&why, 2)->text);
}

#define why_test(f) cmocka_unit_test_setup_teardown(f, plant_open, plant_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        why_test(why__says_that_nothing_holds_it),
        why_test(why__names_labels_that_no_worker_has),
        why_test(why__names_workers_that_are_not_there),
        why_test(why__says_since_when_nobody_is_connected),
        why_test(why__says_who_paused_and_why),
        why_test(why__tells_the_end_of_a_quarantine),
        why_test(why__counts_busy_and_paused_workers),
        why_test(why__keeps_to_the_chosen_worker),
        why_test(why__says_whom_can_start_build_refuses),
        why_test(why__names_who_holds_a_lock),
        why_test(why__counts_who_shares_a_lock),
        why_test(why__passes_over_workers_whose_lock_is_held),
        why_test(why__counts_the_requests_ahead),
        why_test(why__tells_of_the_wait_for_an_environment),
        why_test(why__says_that_the_builder_is_gone),
        why_test(why__says_that_it_is_being_cancelled),
        why_test(why__knows_who_competes_for_workers),
        why_test(why__estimates_by_the_median),
        why_test(why__estimates_by_the_slots_that_become_free),
        why_test(why__tells_of_a_running_build),
        why_test(why__tells_what_became_of_a_request),
        why_test(why__tells_how_long_a_build_waited),
        why_test(why_change__says_which_filter_refused_it),
        why_test(why_change__tells_who_keeps_and_who_built_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

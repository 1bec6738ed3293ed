/* SPDX-License-Identifier: Apache-2.0 */
/* Why requests wait: every gate of workers, locks, the queue and environments. */
#include "why_plant.h"

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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

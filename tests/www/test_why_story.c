/* SPDX-License-Identifier: Apache-2.0 */
/* When a request will be built, what became of one that is over, and what became of a change. */
#include "shared/result.h"
#include "why/why_change.h"
#include "why_plant.h"

#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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

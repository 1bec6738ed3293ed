/* SPDX-License-Identifier: Apache-2.0 */
/* The hub: waiting polls, offers, renewals, replaced sessions. */
#include "ci_test.h"
#include "hub.h"

#include <pthread.h>
#include <string.h>

static struct hub *hub;
static void *mem;

static int begin(void **state)
{
    (void)state;
    hub = hub_new();
    mem = ci_mem_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    hub_free(hub);
    ci_mem_free(mem);
    return 0;
}

static struct hub_poll poll_of(int64_t session)
{
    return (struct hub_poll){.workerid = 1, .session = session, .name = "a", .slots = 2};
}

/* The agent's first poll, reconciled against no builds. */
static struct hub_poll first_poll(int64_t session)
{
    struct hub_poll poll = poll_of(session);
    const struct hub_facts facts = {.workerid = 1, .session = session, .active = true};
    struct hub_differences differences;

    assert_int_equal(HUB_RECONCILE, hub_report(hub, &poll, ci_mono_now()));
    hub_set_facts(hub, &facts);
    hub_reconcile(hub, &poll, (struct ci_list){0}, mem, &differences);
    return poll;
}

static void hub__an_agent_waits_with_its_free_slots(void **state)
{
    json_auto_t *start = json_pack("{s:s}", "command", "start");
    struct hub_poll poll = first_poll(1);
    struct ci_list waiting = hub_waiting(hub, ci_mono_now(), mem);
    json_t *commands = NULL;

    (void)state;
    assert_int_equal(1, waiting.count);
    assert_int_equal(2, ((const struct match_worker *)waiting.items)->free);
    hub_offer(hub, 1, 7, "t", start);
    waiting = hub_waiting(hub, ci_mono_now(), mem);
    assert_int_equal(1, ((const struct match_worker *)waiting.items)->free);
    assert_int_equal(HUB_COMMANDS, hub_wait(hub, &poll, ci_mono_now(), &commands));
    json_decref(commands);
    assert_int_equal(0, hub_waiting(hub, ci_mono_now(), mem).count);
}

static void hub__a_held_worker_does_not_wait(void **state)
{
    const struct ci_mono now = ci_mono_now();

    (void)state;
    (void)first_poll(1);
    hub_hold(hub, 1, ci_mono_add(now, ci_seconds(1)));
    assert_int_equal(0, hub_waiting(hub, now, mem).count);
}

/* The poll that asked the database what the worker really has waits on with its slots. */
static void hub__a_worker_waits_again_after_its_hold(void **state)
{
    const struct ci_mono now = ci_mono_now(), later = ci_mono_add(now, ci_seconds(1));
    struct hub_poll poll = first_poll(1);
    struct hub_differences differences;
    json_t *commands = NULL;

    (void)state;
    hub_hold(hub, 1, later);
    assert_int_equal(HUB_RECONCILE, hub_wait(hub, &poll, now, &commands));
    hub_reconcile(hub, &poll, (struct ci_list){0}, mem, &differences);
    assert_int_equal(0, hub_waiting(hub, now, mem).count);
    assert_int_equal(1, hub_waiting(hub, later, mem).count);
    hub_roomier(hub, 1);
    assert_int_equal(1, hub_waiting(hub, now, mem).count);
    hub_leave(hub, &poll);
    assert_int_equal(0, hub_waiting(hub, later, mem).count);
}

/* Where the agent does not wait with the build, another replica has to hear of its end. */
static void hub__tells_whether_the_end_of_a_build_matters_here(void **state)
{
    json_auto_t *start = json_pack("{s:s}", "command", "start");
    const struct hub_listed held = {7, "t", false};
    struct hub_poll poll = first_poll(1);
    json_t *commands = NULL;

    (void)state;
    assert_false(hub_over(hub, 2, 7, false));
    assert_false(hub_over(hub, 1, 7, false));
    hub_offer(hub, 1, 7, "t", start);
    assert_int_equal(HUB_COMMANDS, hub_wait(hub, &poll, ci_mono_now(), &commands));
    json_decref(commands);
    poll.listed = &held;
    poll.listed_count = 1;
    assert_int_equal(HUB_NOTHING, hub_report(hub, &poll, ci_mono_now()));
    assert_int_equal(
        1, ((const struct match_worker *)hub_waiting(hub, ci_mono_now(), mem).items)->free);
    assert_true(hub_over(hub, 1, 7, false));
    assert_int_equal(
        2, ((const struct match_worker *)hub_waiting(hub, ci_mono_now(), mem).items)->free);
    assert_int_equal(HUB_NOTHING, hub_wait(hub, &poll, ci_mono_now(), &commands));
    assert_false(hub_over(hub, 1, 7, false));
}

struct waiter {
    struct hub_poll poll;
    enum hub_state state;
};

static void *wait_long(void *arg)
{
    struct waiter *waiter = arg;
    json_t *commands = NULL;

    waiter->state =
        hub_wait(hub, &waiter->poll, ci_mono_add(ci_mono_now(), ci_seconds(60)), &commands);
    json_decref(commands);
    return NULL;
}

static void hub__a_newer_poll_ends_the_older(void **state)
{
    struct waiter waiter = {.poll = first_poll(1)};
    struct hub_poll newer = poll_of(1);
    pthread_t thread;

    (void)state;
    assert_int_equal(0, pthread_create(&thread, NULL, wait_long, &waiter));
    assert_int_equal(HUB_NOTHING, hub_report(hub, &newer, ci_mono_now()));
    pthread_join(thread, NULL);
    assert_int_equal(HUB_NOTHING, waiter.state);
}

static void hub__a_newer_session_ends_the_older(void **state)
{
    struct waiter waiter = {.poll = first_poll(1)};
    pthread_t thread;

    (void)state;
    assert_int_equal(0, pthread_create(&thread, NULL, wait_long, &waiter));
    hub_replace(hub, 1, 2);
    pthread_join(thread, NULL);
    assert_int_equal(HUB_REPLACED, waiter.state);
    assert_int_equal(HUB_REPLACED, hub_report(hub, &waiter.poll, ci_mono_now()));
    assert_true(hub_replaced(hub, 1, 1));
    assert_false(hub_replaced(hub, 1, 2));
}

static void hub__a_drain_ends_every_wait(void **state)
{
    struct waiter waiter = {.poll = first_poll(1)};
    pthread_t thread;

    (void)state;
    assert_int_equal(0, pthread_create(&thread, NULL, wait_long, &waiter));
    hub_drain(hub);
    pthread_join(thread, NULL);
    assert_int_equal(HUB_NOTHING, waiter.state);
}

static void hub__news_are_taken_once_and_can_be_returned(void **state)
{
    json_auto_t *start = json_pack("{s:s}", "command", "start");
    const struct hub_listed listed = {.build = 7, .token = "t"};
    struct hub_poll poll = first_poll(1);
    struct hub_news news, again;

    (void)state;
    hub_offer(hub, 1, 7, "t", start);
    poll.listed = &listed;
    poll.listed_count = 1;
    assert_int_equal(HUB_NOTHING, hub_report(hub, &poll, ci_mono_now()));
    hub_take_news(hub, mem, &news);
    assert_int_equal(1, news.builds.count);
    assert_int_equal(1, news.workers.count);
    hub_take_news(hub, mem, &again);
    assert_int_equal(0, again.workers.count);
    hub_return_news(hub, &news);
    hub_take_news(hub, mem, &again);
    assert_int_equal(1, again.builds.count);
    assert_int_equal(7, again.builds.items[0]);
}

static void hub__finds_lost_and_unknown_builds(void **state)
{
    struct hub_build builds[] = {
        {10, "a", true,  NULL,   {5} },
        {11, "b", false, NULL,   {5} },
        {12, "c", true,  NULL,   {50}},
        {13, "d", true,  "stop", {5} }
    };
    const struct hub_listed listed[] = {
        {.build = 13, .token = "d"},
        {.build = 14, .token = "e"}
    };
    const struct hub_facts facts = {
        .workerid = 1, .session = 2, .active = true, .session_at = {20}};
    struct hub_poll poll = poll_of(2);
    struct hub_differences differences;
    json_t *commands = NULL;

    (void)state;
    poll.listed = listed;
    poll.listed_count = 2;
    assert_int_equal(HUB_RECONCILE, hub_report(hub, &poll, ci_mono_now()));
    hub_set_facts(hub, &facts);
    hub_reconcile(hub, &poll, (struct ci_list){builds, 4}, mem, &differences);
    assert_int_equal(1, differences.lost.count);
    assert_int_equal(10, differences.lost.items[0]);
    assert_int_equal(1, differences.unknown.count);
    assert_int_equal(11, differences.unknown.items[0]);
    assert_int_equal(HUB_COMMANDS, hub_wait(hub, &poll, ci_mono_now(), &commands));
    assert_int_equal(2, json_array_size(commands)); /* cancel 13, forget 14 */
    json_decref(commands);
}

static void hub__forgets_silent_agents(void **state)
{
    (void)state;
    (void)first_poll(1);
    assert_int_equal(1, hub_count(hub, (struct ci_mono){0}));
    assert_int_equal(0, hub_count(hub, ci_mono_add(ci_mono_now(), ci_seconds(1))));
    assert_int_equal(0, hub_workers(hub, mem).count);
}

#define hub_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(hub__an_agent_waits_with_its_free_slots),
        hub_test(hub__a_held_worker_does_not_wait),
        hub_test(hub__a_worker_waits_again_after_its_hold),
        hub_test(hub__tells_whether_the_end_of_a_build_matters_here),
        hub_test(hub__a_newer_poll_ends_the_older),
        hub_test(hub__a_newer_session_ends_the_older),
        hub_test(hub__a_drain_ends_every_wait),
        hub_test(hub__news_are_taken_once_and_can_be_returned),
        hub_test(hub__finds_lost_and_unknown_builds),
        hub_test(hub__forgets_silent_agents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

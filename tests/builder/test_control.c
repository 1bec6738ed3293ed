/* SPDX-License-Identifier: Apache-2.0 */
/* Cancels and stops: of waiting requests, of running builds, of parked polls. */
#include "fixture.h"

#include <pthread.h>

#define NUMBER(text) db_test_number(db_test.db, (text))

static void cancel__completes_a_waiting_request(void **state)
{
    (void)state;
    (void)fixture_request("linux", 2, 0);
    db_test_sql(db_test.db,
                "UPDATE buildrequests SET cancel_reason = 'no' WHERE buildrequestid = 1");
    fixture_tick(loop_control, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete"
                               " AND results = 6 AND NOT claimed"));
    assert_int_equal(1,
                     NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete AND results = 6"));
}

static void cancel__a_request_cancelled_is_not_claimed(void **state)
{
    struct test_agent agent = fixture_agent("a1", 4);

    (void)state;
    (void)fixture_request("linux", 2, 0);
    db_test_sql(db_test.db,
                "UPDATE buildrequests SET cancel_reason = 'no' WHERE buildrequestid = 1");
    assert_int_equal(1, fixture_work(&agent));
}

static void cancel__of_a_claimed_request_stops_its_build(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer, *commands;

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    db_test_sql(db_test.db, "UPDATE buildrequests SET cancel_reason = 'enough'");
    fixture_tick(loop_control, ci_time_now());
    commands = fixture_poll(&agent);
    assert_string_equal("cancel", fixture_only(commands));
    assert_string_equal("enough",
                        json_string_value(json_object_get(json_array_get(commands, 0), "reason")));
    frames_begin(&journal, 0);
    assert_int_equal(200, fixture_journal(&agent, agent.held[0].build, agent.held[0].token, 0,
                                          frames_bytes(&journal), &answer));
    assert_string_equal("enough", json_string_value(json_object_get(answer, "cancel")));
    journal = frames_new(fixture.mem);
    frames_end(&journal, 0, CI_CANCELLED);
    frames_finish(&journal, CI_CANCELLED);
    assert_int_equal(200, fixture_journal(&agent, agent.held[0].build, agent.held[0].token, 1,
                                          frames_bytes(&journal), &answer));
    assert_int_equal(
        1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete AND results = 6"));
}

static void cancel__of_a_lost_build_is_not_retried(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    fixture_tick(loop_lease, ci_time_now());
    db_test_sql(db_test.db,
                "UPDATE builds SET stop_reason = 'no', lease_until = now() - interval '1 s'");
    fixture_tick(loop_lease, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 6"
                               " AND state_string = 'cancelled'"));
    assert_int_equal(
        1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete AND results = 6"));
}

struct parked {
    struct test_agent agent;
    json_t *commands;
    struct ci_err err;
    bool ok;
    void *mem;
};

/* A poll in a thread of its own, with memory of its own. */
static void *park(void *arg)
{
    struct parked *parked = arg;
    struct hub_listed listed = {.build = parked->agent.held[0].build,
                                .token = parked->agent.held[0].token};
    struct hub_poll poll = {
        .workerid = parked->agent.who.id,
        .session = parked->agent.who.session,
        .name = parked->agent.who.name,
        .slots = 1,
        .listed = &listed,
        .listed_count = 1,
    };

    parked->ok = hub_report(fixture.builder->hub, &poll, ci_mono_now()) == HUB_NOTHING &&
                 hub_wait(fixture.builder->hub, &poll, ci_mono_add(ci_mono_now(), ci_seconds(60)),
                          &parked->commands) == HUB_COMMANDS;
    return NULL;
}

static void cancel__wakes_a_parked_poll(void **state)
{
    struct parked parked = {.agent = fixture_agent("a1", 1)};
    const struct ci_mono begin = ci_mono_now();
    pthread_t thread;

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&parked.agent));
    assert_int_equal(0, pthread_create(&thread, NULL, park, &parked));
    db_test_sql(db_test.db, "UPDATE builds SET stop_reason = 'stop'");
    fixture_tick(loop_control, ci_time_now());
    pthread_join(thread, NULL);
    assert_true(parked.ok);
    assert_string_equal("cancel", fixture_only(parked.commands));
    assert_true(ci_mono_since(ci_mono_now(), begin).us < 30 * 1000000);
    json_decref(parked.commands);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(cancel__completes_a_waiting_request),
        fixture_test(cancel__a_request_cancelled_is_not_claimed),
        fixture_test(cancel__of_a_claimed_request_stops_its_build),
        fixture_test(cancel__of_a_lost_build_is_not_retried),
        fixture_test(cancel__wakes_a_parked_poll),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

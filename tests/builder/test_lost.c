/* SPDX-License-Identifier: Apache-2.0 */
/* Builds that their agent has lost: leases, attempts, restarted agents. */
#include "fixture.h"

#define NUMBER(text) db_test_number(db_test.db, (text))

/* The lease loop at `seconds` from now; the ticks between are good ones. */
static void lease_at(int64_t seconds)
{
    static int64_t last;
    const struct ci_time now = ci_time_now();

    if (fixture.builder->leases.last.us == 0)
        last = 0;
    for (; last < seconds; last += 10)
        fixture_tick(loop_lease, ci_time_add(now, ci_seconds(last)));
    fixture_tick(loop_lease, ci_time_add(now, ci_seconds(seconds)));
    last = seconds;
}

static void lost__a_lease_that_runs_out_opens_the_request_again(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    frames_begin(&journal, 0);
    frames_log(&journal, 0, "oone\n");
    assert_int_equal(200, fixture_journal(&agent, agent.held[0].build, agent.held[0].token, 0,
                                          frames_bytes(&journal), &answer));
    lease_at(50);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM builds WHERE complete"));
    lease_at(200);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 5"
                               " AND state_string = 'retry'"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM steps WHERE complete AND results = 5"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM logs WHERE complete"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE NOT claimed"
                               " AND NOT complete AND claimed_at IS NULL"));
    assert_int_equal(410, fixture_journal(&agent, agent.held[0].build, agent.held[0].token, 2,
                                          frames_bytes(&journal), &answer));
    assert_string_equal("forget", fixture_only(fixture_poll(&agent)));
}

static void lost__polls_renew_the_lease(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    for (int64_t at = 0; at <= 300; at += 25) {
        (void)fixture_poll(&agent);
        lease_at(at);
    }
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE NOT complete"));
}

static void lost__the_service_s_own_absence_does_not_count(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    db_test_sql(db_test.db, "UPDATE builds SET lease_until = now() - interval '1 h'");
    fixture_restart();
    fixture_tick(loop_lease, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE NOT complete"
                               " AND lease_until > now() + interval '50 s'"));
}

static void lost__too_many_attempts_end_the_request(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 1, 0);
    for (int attempt = 1; attempt <= fixture.settings.max_attempts; attempt++) {
        agent.held_count = 0;
        assert_int_equal(1, fixture_work(&agent));
        fixture_tick(loop_lease, ci_time_now());
        db_test_sql(db_test.db, "UPDATE builds SET lease_until = now() - interval '1 s'"
                                " WHERE NOT complete");
        fixture_tick(loop_lease, ci_time_now());
    }
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM builds WHERE results = 5"));
    assert_int_equal(1,
                     NUMBER("SELECT count(*) AS n FROM builds WHERE results = 4 AND attempt = 3"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete"
                               " AND results = 4"));
    assert_int_equal(1,
                     NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete AND results = 4"));
    assert_int_equal(0, fixture_claim());
}

static void lost__a_restarted_agent_gives_its_builds_up_at_once(void **state)
{
    struct test_agent agent = fixture_agent("a1", 2);

    (void)state;
    (void)fixture_request("linux", 2, 0);
    assert_int_equal(2, fixture_work(&agent));
    fixture_tick(loop_lease, ci_time_now()); /* stores that they were seen */
    agent = fixture_agent("a1", 2);
    (void)fixture_poll(&agent);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 5"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE NOT claimed"));
}

static void lost__a_restarted_agent_keeps_what_it_lists(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1), again;

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    fixture_tick(loop_lease, ci_time_now());
    again = fixture_agent("a1", 1);
    again.held[0] = agent.held[0];
    again.held_count = 1;
    assert_null(fixture_poll(&again));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE NOT complete"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(lost__a_lease_that_runs_out_opens_the_request_again),
        fixture_test(lost__polls_renew_the_lease),
        fixture_test(lost__the_service_s_own_absence_does_not_count),
        fixture_test(lost__too_many_attempts_end_the_request),
        fixture_test(lost__a_restarted_agent_gives_its_builds_up_at_once),
        fixture_test(lost__a_restarted_agent_keeps_what_it_lists),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Builds that their agent has lost: leases, attempts, restarted agents. */
#include "fixture.h"

#include <pthread.h>

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
        db_test_sql(db_test.db, "UPDATE workers SET quarantine_until = NULL");
        fixture_restart();
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

static int64_t quarantine(void)
{
    return NUMBER("SELECT coalesce(round(extract(epoch FROM quarantine_until - now())), 0)::bigint"
                  " AS n FROM workers WHERE name = 'a1'");
}

/* Its agent loses a build; whoever unpauses the worker ends the quarantine before. */
static void lose_one(struct test_agent *agent)
{
    agent->held_count = 0;
    assert_int_equal(1, fixture_work(agent));
    db_test_sql(db_test.db, "UPDATE builds SET lease_until = now() - interval '1 s'"
                            " WHERE NOT complete");
    fixture_restart();
    fixture.builder->leases.last = ci_time_now();
    fixture_tick(loop_lease, ci_time_now());
}

static void lost__quarantine_grows_from_the_second_loss_on(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    fixture.settings.max_attempts = 99;
    (void)fixture_request("linux", 1, 0);
    lose_one(&agent);
    assert_int_equal(0, quarantine());
    lose_one(&agent);
    assert_int_equal(10, quarantine());
    agent.held_count = 0;
    assert_int_equal(0, fixture_work(&agent)); /* the worker is as good as paused */
    db_test_sql(db_test.db, "UPDATE workers SET quarantine_until = NULL");
    fixture_restart();
    lose_one(&agent);
    assert_int_equal(20, quarantine());
    db_test_sql(db_test.db, "UPDATE workers SET quarantine_until = NULL, failures = 50");
    fixture_restart();
    lose_one(&agent);
    assert_int_equal(3600, quarantine());
    fixture.settings.max_attempts = 3;
}

/* Ends the agent's only build by a journal. */
static void end_build(struct test_agent *agent, int step, int build)
{
    struct ci_buf body = frames_new(fixture.mem);
    json_t *answer = NULL;

    frames_begin(&body, 0);
    frames_end(&body, 0, step);
    frames_finish(&body, build);
    assert_int_equal(200, fixture_journal(agent, agent->held[0].build, agent->held[0].token, 0,
                                          frames_bytes(&body), &answer));
    agent->held_count = 0;
}

static void lost__an_agents_own_exception_makes_a_quarantine(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 4, 0);
    assert_int_equal(1, fixture_work(&agent));
    end_build(&agent, CI_EXCEPTION, CI_EXCEPTION); /* of the user's step */
    assert_int_equal(0, quarantine());
    assert_int_equal(1, fixture_work(&agent));
    end_build(&agent, CI_SUCCESS, CI_EXCEPTION);
    assert_int_equal(10, quarantine());
    db_test_sql(db_test.db, "UPDATE workers SET quarantine_until = NULL");
    fixture_restart();
    assert_int_equal(1, fixture_work(&agent));
    end_build(&agent, CI_SUCCESS, CI_SUCCESS); /* orderly */
    assert_int_equal(0, NUMBER("SELECT failures::bigint AS n FROM workers WHERE name = 'a1'"));
}

static void lost__a_killed_worker_loses_its_builds_at_once(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);
    json_t *commands;

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    db_test_sql(db_test.db, "UPDATE workers SET killed = true, graceful = true WHERE name = 'a1'");
    fixture_tick(loop_control, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE results = 5"));
    assert_int_equal(0, quarantine());
    commands = fixture_poll(&agent);
    assert_int_equal(2, json_array_size(commands));
    assert_string_equal("forget",
                        json_string_value(json_object_get(json_array_get(commands, 0), "command")));
    assert_string_equal("stop",
                        json_string_value(json_object_get(json_array_get(commands, 1), "command")));
    agent = fixture_agent("a1", 1); /* its next session is welcome */
    assert_int_equal(1, fixture_work(&agent));
}

static void lost__a_missing_worker_is_told_once(void **state)
{
    (void)state;
    fixture_apply(
        "workers:\n"
        "  - {name: w1, password: pw, notify_on_missing: [a@b.c], missing_timeout: 60s}\n");
    fixture.builder->started_at.us = 0;
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(1,
                     NUMBER("SELECT count(*) AS n FROM workers WHERE missing_since IS NOT NULL"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM worker_missing_events"));
    db_test_sql(db_test.db, "UPDATE workers SET missing_since = missing_since - interval '61 s'");
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM worker_missing_events"));
    db_test_sql(db_test.db, "DELETE FROM worker_missing_events");
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM worker_missing_events"));
    db_test_sql(db_test.db, "UPDATE workers SET connected = true, last_seen_at = now()");
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM workers WHERE missing_told"));
}

static void *renew(void *ok)
{
    struct ci_tick tick = {.mem = ci_mem_new(), .now = ci_time_now()};
    struct ci_err err = {0};

    *(bool *)ok = loop_lease(&fixture.app, &tick, &err);
    ci_mem_free(tick.mem);
    return NULL;
}

/* Who ends a build holds it and then judges its worker: renewals may not hold the worker and want
 * the build. */
static void lost__renewing_never_holds_a_worker_while_it_waits_for_a_build(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);
    bool ok = false;
    pthread_t thread;
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};
    static const struct ci_record nothing = {.name = "nothing"};
    struct ci_list none = {0};

    (void)state;
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_db_rows_text(&tx, "UPDATE builds SET state_string = 'held'", CI_NO_ARGS, &nothing,
                              fixture.mem, &none, &err),
              err);
    assert_int_equal(0, pthread_create(&thread, NULL, renew, &ok));
    while (NUMBER("SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                  " AND datname = current_database()") == 0)
        sched_yield();
    assert_ok(ci_db_rows_text(&tx, "UPDATE workers SET failures = failures", CI_NO_ARGS, &nothing,
                              fixture.mem, &none, &err),
              err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_true(ok);
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
        fixture_test(lost__quarantine_grows_from_the_second_loss_on),
        fixture_test(lost__an_agents_own_exception_makes_a_quarantine),
        fixture_test(lost__a_killed_worker_loses_its_builds_at_once),
        fixture_test(lost__a_missing_worker_is_told_once),
        fixture_test(lost__renewing_never_holds_a_worker_while_it_waits_for_a_build),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

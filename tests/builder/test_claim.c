/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: what a build starts with, and many replicas that claim at once. */
#include "fixture.h"

#include <pthread.h>

#define NUMBER(text) db_test_number(db_test.db, (text))

static void claim__gives_a_build_its_number_and_properties(void **state)
{
    struct test_agent agent = fixture_agent("a1", 2);

    (void)state;
    (void)fixture_request("linux", 2, 0);
    assert_int_equal(2, fixture_work(&agent));
    assert_int_equal(1, NUMBER("SELECT min(number) AS n FROM builds"));
    assert_int_equal(2, NUMBER("SELECT max(number) AS n FROM builds"));
    assert_int_equal(2, NUMBER("SELECT last_number AS n FROM builders WHERE name = 'linux'"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM builds WHERE"
                               " properties @> '{\"scheduler\": [\"force\", \"Scheduler\"],"
                               " \"colour\": [\"green\", \"Builder\"],"
                               " \"buildername\": [\"linux\", \"Builder\"],"
                               " \"workername\": [\"a1\", \"Worker\"],"
                               " \"branch\": [\"main\", \"Build\"],"
                               " \"revision\": [\"abc\", \"Build\"]}'"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE claimed"
                               " AND claimed_at IS NOT NULL AND attempts = 1"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM builds b"
                               " JOIN buildrequests q USING (buildrequestid)"
                               " JOIN buildset_sourcestamps link ON link.bsid = q.buildsetid"
                               " JOIN sourcestamps ss USING (ssid) WHERE ss.line = b.line"));
}

static void claim__takes_priority_first_then_age(void **state)
{
    struct test_agent agent = fixture_agent("a1", 2);
    int64_t urgent;

    (void)state;
    (void)fixture_request("linux", 2, 0);
    urgent = fixture_request("linux", 1, 10);
    assert_int_equal(2, fixture_work(&agent));
    assert_int_equal(urgent, NUMBER("SELECT buildrequestid AS n FROM builds WHERE number = 1"));
    assert_int_equal(1, NUMBER("SELECT buildrequestid AS n FROM builds WHERE number = 2"));
}

static void claim__a_builder_without_workers_blocks_nobody(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("other", 50, 100);
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds JOIN builders USING (builderid)"
                               " WHERE name = 'linux'"));
}

static void claim__leaves_requests_of_builders_that_left(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 1, 0);
    fixture_apply("builders: [{name: new, steps: [{run: 'true'}]}]\n");
    assert_int_equal(0, fixture_work(&agent));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE NOT claimed"));
}

static void claim__passes_over_paused_workers_and_max_builds(void **state)
{
    struct test_agent agent = fixture_agent("a1", 4);

    (void)state;
    (void)fixture_request("linux", 4, 0);
    fixture_park(&agent);
    /* Behind the hub's back: the claiming transaction sees it. */
    db_test_sql(db_test.db, "UPDATE workers SET paused = true WHERE name = 'a1'");
    assert_int_equal(0, fixture_claim());
    fixture_restart();
    db_test_sql(db_test.db, "UPDATE workers SET paused = false, max_builds = 2 WHERE name = 'a1'");
    fixture_park(&agent);
    assert_int_equal(2, fixture_claim());
}

enum { REPLICAS = 4, AGENTS = 3, SLOTS = 4, ROUNDS = 40 };

/* A replica of its own: same database, another hub. */
struct replica {
    struct ci_app app;
    struct builder *builder;
    const struct test_agent *agents;
    pthread_t thread;
    struct ci_err err;
    bool failed;
};

static void replica_park(struct replica *replica)
{
    for (size_t i = 0; i < AGENTS; i++) {
        struct hub_poll poll = {
            .workerid = replica->agents[i].who.id,
            .session = replica->agents[i].who.session,
            .name = replica->agents[i].who.name,
            .slots = SLOTS,
        };
        const struct hub_facts facts = {
            .workerid = poll.workerid, .session = poll.session, .active = true};
        struct hub_differences differences;
        CI_AUTO_MEM mem = ci_mem_new();

        (void)hub_report(replica->builder->hub, &poll, ci_mono_now());
        hub_set_facts(replica->builder->hub, &facts);
        hub_reconcile(replica->builder->hub, &poll, (struct ci_list){0}, mem, &differences);
    }
}

/* Claims as if every slot were free, whatever it claimed before. */
static void *claim_round(void *arg)
{
    struct replica *replica = arg;

    for (int i = 0; i < ROUNDS && !replica->failed; i++) {
        struct claim_outcome outcome;
        CI_AUTO_MEM mem = ci_mem_new();

        builder_free(replica->builder);
        replica->builder = replica->app.state = builder_new(&replica->app, ci_time_now());
        replica_park(replica);
        replica->failed = !claim_run(replica->builder, ci_time_now(), ci_mono_now(), mem, &outcome,
                                     &replica->err);
    }
    return NULL;
}

/* Every replica claims for all of the agents at once. */
static void race(void)
{
    struct test_agent agents[AGENTS];
    struct replica replicas[REPLICAS];

    for (int i = 0; i < AGENTS; i++)
        agents[i] = fixture_agent(ci_mem_printf(fixture.mem, "a%d", i), SLOTS);
    (void)fixture_request("linux", 100, 0);
    for (int i = 0; i < REPLICAS; i++) {
        replicas[i] = (struct replica){.app = fixture.app, .agents = agents};
        replicas[i].builder = builder_new(&replicas[i].app, ci_time_now());
        assert_int_equal(0, pthread_create(&replicas[i].thread, NULL, claim_round, &replicas[i]));
    }
    for (int i = 0; i < REPLICAS; i++) {
        pthread_join(replicas[i].thread, NULL);
        builder_free(replicas[i].builder);
        assert_ok(!replicas[i].failed, replicas[i].err);
    }
}

static void claim__replicas_never_exceed_slots_nor_claim_twice(void **state)
{
    (void)state;
    race();
    assert_int_equal(AGENTS * SLOTS, NUMBER("SELECT count(*) AS n FROM builds"));
    assert_int_equal(SLOTS, NUMBER("SELECT max(c) AS n FROM (SELECT count(*) AS c FROM builds"
                                   " GROUP BY workerid) x"));
    assert_int_equal(AGENTS * SLOTS,
                     NUMBER("SELECT count(DISTINCT buildrequestid) AS n FROM builds"));
    assert_int_equal(AGENTS * SLOTS, NUMBER("SELECT max(number) AS n FROM builds"));
    assert_int_equal(AGENTS * SLOTS,
                     NUMBER("SELECT count(*) AS n FROM buildrequests WHERE claimed"));
}

static void claim__replicas_never_exceed_a_lock(void **state)
{
    (void)state;
    fixture_apply("locks: [{name: db, max_count: 5}]\n"
                  "builders: [{name: linux, locks: [db], steps: [{run: 'true'}]}]\n");
    race();
    assert_int_equal(5, NUMBER("SELECT count(*) AS n FROM builds"));
    assert_int_equal(5, NUMBER("SELECT count(*) AS n FROM lock_claims"
                               " WHERE granted_at IS NOT NULL"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(claim__gives_a_build_its_number_and_properties),
        fixture_test(claim__takes_priority_first_then_age),
        fixture_test(claim__a_builder_without_workers_blocks_nobody),
        fixture_test(claim__leaves_requests_of_builders_that_left),
        fixture_test(claim__passes_over_paused_workers_and_max_builds),
        fixture_test(claim__replicas_never_exceed_slots_nor_claim_twice),
        fixture_test(claim__replicas_never_exceed_a_lock),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Triggers: stored once, answered as they go, taken along by the end of their build. Step locks. */
#include "calls.h"
#include "lost.h"

#include <pthread.h>

#define NUMBER(text) db_test_number(db_test.db, (text))

static struct test_agent with_build(void)
{
    struct test_agent agent = fixture_agent("a1", 4);

    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    return agent;
}

static json_t *request(bool waited_for)
{
    return json_pack("{s:[s],s:b,s:{s:i}}", "schedulers", "all", "waited_for", waited_for,
                     "set_properties", "answer", 42);
}

/* What the scheduler does with an open trigger: a buildset of two requests. */
static void pull(const char *error)
{
    const int64_t builders[] = {fixture_builder("linux"), fixture_builder("other")};
    const struct ci_buildset_request wanted = {
        .scheduler = "all",
        .reason = "test",
        .builderids = {builders, 2},
        .waited_for = true,
        .parent_buildid = ci_some(1),
        .parent_relationship = "Triggered from",
    };
    struct ci_buildset_made made = {0};
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    if (error) {
        db_test_sql(
            db_test.db,
            ci_mem_printf(fixture.mem, "UPDATE triggers SET done = true, error = '%s'", error));
        return;
    }
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_buildset_add(&tx, &wanted, ci_time_now(), fixture.mem, &made, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    db_test_sql(db_test.db,
                ci_mem_printf(fixture.mem,
                              "UPDATE triggers SET done = true, buildsets = '[{\"bsid\": %" PRId64
                              ", \"scheduler\": \"all\", \"important\": true}]'",
                              made.bsid));
}

static bool is(json_t *answer, const char *key)
{
    return json_is_true(json_object_get(answer, key));
}

static void calls__a_trigger_is_stored_once(void **state)
{
    struct test_agent agent = with_build();
    json_t *answer;

    (void)state;
    assert_int_equal(200, calls_json(&agent, "POST", "trigger?step=1", request(true), &answer));
    assert_false(is(answer, "done"));
    assert_int_equal(200, calls_json(&agent, "POST", "trigger?step=1", request(true), &answer));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM triggers WHERE step = 1 AND"
                               " request -> 'set_properties' = '{\"answer\": 42}'"));
    pull(NULL);
    assert_int_equal(200, calls_json(&agent, "POST", "trigger?step=1", request(true), &answer));
    assert_true(is(answer, "done"));
    assert_false(is(answer, "complete"));
    assert_int_equal(2, json_array_size(json_object_get(answer, "requests")));
    db_test_sql(db_test.db, "UPDATE buildrequests SET complete = true, results = 2"
                            " WHERE waited_for");
    assert_int_equal(200, calls_json(&agent, "POST", "trigger?step=1", request(true), &answer));
    assert_true(is(answer, "complete"));
    assert_int_equal(2, json_integer_value(json_object_get(answer, "results")));
}

static void calls__a_trigger_tells_what_went_wrong(void **state)
{
    struct test_agent agent = with_build();
    json_t *answer;

    (void)state;
    (void)calls_json(&agent, "POST", "trigger?step=1", request(true), &answer);
    pull("there is no scheduler \"all\"");
    assert_int_equal(200, calls_json(&agent, "POST", "trigger?step=1", request(true), &answer));
    assert_non_null(strstr(json_string_value(json_object_get(answer, "error")), "no scheduler"));
    assert_int_equal(CI_EXCEPTION, json_integer_value(json_object_get(answer, "results")));
}

static void *pull_soon(void *agent)
{
    (void)agent;
    while (NUMBER("SELECT count(*) AS n FROM triggers") == 0)
        usleep(1000);
    db_test_sql(db_test.db, "UPDATE triggers SET done = true, error = 'late'");
    return NULL;
}

/* Without the bus it looks each second, and holds no connection meanwhile. */
static void calls__a_trigger_waits_for_a_change(void **state)
{
    struct test_agent agent = with_build();
    struct ci_mono begun = ci_mono_now();
    pthread_t thread;
    json_t *answer;

    (void)state;
    assert_int_equal(0, pthread_create(&thread, NULL, pull_soon, NULL));
    assert_int_equal(200,
                     calls_json(&agent, "POST", "trigger?step=0&wait=30", request(true), &answer));
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_true(is(answer, "done"));
    assert_true(ci_mono_since(ci_mono_now(), begun).us < 10000000);
}

static void calls__a_cancelled_trigger_ends_its_requests(void **state)
{
    struct test_agent agent = with_build();
    json_t *answer;

    (void)state;
    (void)calls_json(&agent, "POST", "trigger?step=1", request(true), &answer);
    (void)calls_json(&agent, "POST", "trigger?step=2", request(true), &answer);
    assert_int_equal(200, calls_json(&agent, "POST", "trigger/cancel?step=2", NULL, &answer));
    assert_int_equal(1, NUMBER("SELECT step::bigint AS n FROM triggers WHERE NOT done"));
    db_test_sql(db_test.db, "DELETE FROM triggers WHERE step = 2");
    pull(NULL);
    assert_int_equal(200, calls_json(&agent, "POST", "trigger/cancel?step=1", NULL, &answer));
    assert_int_equal(2, json_integer_value(json_object_get(answer, "cancelled")));
    fixture_tick(loop_control, ci_time_now());
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete AND"
                               " results = 6 AND waited_for"));
}

/* The agent is gone, its build goes back to the queue: nobody waits for the children any more. */
static void calls__a_lost_build_takes_its_children_along(void **state)
{
    struct test_agent agent = with_build();
    json_t *answer;
    size_t count;
    struct ci_err err = {0};

    (void)state;
    (void)calls_json(&agent, "POST", "trigger?step=1", request(true), &answer);
    pull(NULL);
    (void)calls_json(&agent, "POST", "trigger?step=2", request(true), &answer);
    (void)calls_json(&agent, "POST", "trigger?step=3", request(false), &answer);
    db_test_sql(db_test.db, "UPDATE builds SET lease_until = now() - interval '1 hour'");
    assert_ok(lost_expire(fixture.builder, ci_time_now(), fixture.mem, &count, &err), err);
    assert_int_equal(1, count);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE waited_for AND"
                               " cancel_reason IS NOT NULL"));
    /* What it would not have waited for is made all the same. */
    assert_int_equal(3, NUMBER("SELECT step::bigint AS n FROM triggers WHERE NOT done"));
    assert_int_equal(410, calls_json(&agent, "POST", "trigger?step=4", request(true), &answer));
}

static void calls__strangers_are_refused(void **state)
{
    struct test_agent agent = with_build();
    struct test_agent other = fixture_agent("a2", 1);
    const struct test_call stale = {
        .method = "POST", .what = "trigger/cancel?step=0", .token = "stale"};
    struct ci_response response;
    json_t *answer;

    (void)state;
    other.held[0] = agent.held[0];
    assert_int_equal(403, calls_json(&other, "POST", "trigger?step=0", request(true), &answer));
    assert_int_equal(410, calls_try(&agent, &stale, &response));
    assert_int_equal(400, calls_json(&agent, "POST", "trigger?step=x", request(true), &answer));
    assert_int_equal(400, calls_json(&agent, "POST", "trigger?step=0", json_object(), &answer));
    assert_int_equal(400, calls_json(&agent, "POST", "trigger?step=0", NULL, &answer));
    (void)fixture_agent("a1", 4); /* a newer session */
    assert_int_equal(409, calls_json(&agent, "POST", "trigger?step=0", request(true), &answer));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM triggers"));
}

static const char locks_yaml[] =
    "title: Test\n"
    "url: http://localhost/\n"
    "locks: [{name: db}, {name: other}]\n"
    "builders:\n"
    "  - {name: linux, steps: [{run: 'true', name: a, locks: [db]}, {run: 'true', name: b}]}\n";

static json_t *wanted(const char *lock)
{
    return json_pack("{s:[{s:s,s:b}]}", "locks", "lock", lock, "exclusive", true);
}

static void calls__a_step_has_its_lock_until_it_ends(void **state)
{
    struct test_agent first, second;
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    fixture_apply(locks_yaml);
    first = with_build();
    second = fixture_agent("a2", 1);
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&second));
    assert_int_equal(200, calls_json(&first, "POST", "lock?step=0", wanted("db"), &answer));
    assert_true(is(answer, "granted"));
    assert_int_equal(200, calls_json(&first, "POST", "lock?step=0", wanted("db"), &answer));
    assert_true(is(answer, "granted")); /* a repeat */
    assert_int_equal(200, calls_json(&second, "POST", "lock?step=0", wanted("db"), &answer));
    assert_false(is(answer, "granted"));
    assert_string_equal("linux/1",
                        json_string_value(json_array_get(json_object_get(answer, "held_by"), 0)));
    assert_int_equal(400, calls_json(&second, "POST", "lock?step=0", wanted("none"), &answer));
    /* The step ends without a word of its locks. */
    frames_begin(&journal, 0);
    frames_end(&journal, 0, CI_SUCCESS);
    assert_int_equal(200, fixture_journal(&first, first.held[0].build, first.held[0].token, 0,
                                          frames_bytes(&journal), &answer));
    assert_int_equal(200, calls_json(&second, "POST", "lock?step=0", wanted("db"), &answer));
    assert_true(is(answer, "granted"));
    assert_int_equal(200, calls_json(&second, "POST", "unlock?step=0", NULL, &answer));
    assert_true(is(answer, "released"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM lock_claims"));
}

static void calls__builds_that_wait_for_each_other_are_told(void **state)
{
    struct test_agent first, second;
    json_t *answer;

    (void)state;
    fixture_apply(locks_yaml);
    first = with_build();
    second = fixture_agent("a2", 1);
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&second));
    /* Each build has one of them as a whole, until its end. */
    db_test_sql(db_test.db, "INSERT INTO lock_claims (name, buildid, exclusive, requested_at,"
                            " granted_at) VALUES ('db', 1, true, now(), now()),"
                            " ('other', 2, true, now(), now())");
    assert_int_equal(200, calls_json(&first, "POST", "lock?step=1", wanted("other"), &answer));
    assert_false(is(answer, "granted"));
    assert_int_equal(409, calls_json(&second, "POST", "lock?step=1", wanted("db"), &answer));
    assert_int_equal(2, json_array_size(json_object_get(answer, "builds")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(calls__a_trigger_is_stored_once),
        fixture_test(calls__a_trigger_tells_what_went_wrong),
        fixture_test(calls__a_trigger_waits_for_a_change),
        fixture_test(calls__a_cancelled_trigger_ends_its_requests),
        fixture_test(calls__a_lost_build_takes_its_children_along),
        fixture_test(calls__strangers_are_refused),
        fixture_test(calls__a_step_has_its_lock_until_it_ends),
        fixture_test(calls__builds_that_wait_for_each_other_are_told),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

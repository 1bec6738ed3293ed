/* SPDX-License-Identifier: Apache-2.0 */
/* GET buildrequests/N/why and changes/N/why over a real database. */
#include "why/why_api.h"
#include "why/why_store.h"
#include "world.h"

static void why__answers_with_the_columns_of_its_records(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_ok(why_check(db_test.db, &err), err);
}

static struct answer ask(ci_handler *handler, const char *id)
{
    const char *kind = handler == why_request_get ? "buildrequests" : "changes";
    struct ci_request request =
        world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s/%s/why", kind, id));
    struct ci_pair *param = ci_mem_zero(world.mem, struct ci_pair);

    *param = (struct ci_pair){"id", ci_mem_strdup(world.mem, id)};
    request.params = (struct ci_pairs){param, 1};
    world_header(&request, "accept", "application/json");
    return world_call(handler, &request);
}

static const char *text_of(struct answer answer, const char *key)
{
    const char *text = json_string_value(json_object_get(answer.json, key));

    return text ? text : answer.text;
}

static json_t *gate_of(struct answer answer, const char *name)
{
    json_t *gates = json_object_get(answer.json, "gates"), *gate;
    size_t i;

    json_array_foreach(gates, i, gate) {
        if (strcmp(json_string_value(json_object_get(gate, "gate")), name) == 0)
            return gate;
    }
    fail_msg("no gate %s in %s", name, answer.text);
    return NULL;
}

static void assert_gate(struct answer answer, const char *name, bool open, const char *text)
{
    json_t *gate = gate_of(answer, name);

    assert_string_equal(text, json_string_value(json_object_get(gate, "text")));
    assert_int_equal(open, json_is_true(json_object_get(gate, "open")));
}

static void why__tells_the_story_of_requests(void **state)
{
    struct answer answer = ask(why_request_get, "1");

    (void)state;
    assert_string_equal("complete", text_of(answer, "state"));
    assert_non_null(strstr(text_of(answer, "summary"), "with success; the request had waited"));
    answer = ask(why_request_get, "3");
    assert_string_equal("running", text_of(answer, "state"));
    assert_non_null(strstr(text_of(answer, "summary"), "build linux/3 runs since"));
    answer = ask(why_request_get, "5");
    assert_string_equal("cancelled", text_of(answer, "state"));
}

static void why__judges_a_request_that_waits(void **state)
{
    struct answer answer = ask(why_request_get, "4");
    json_t *estimate;

    (void)state;
    assert_string_equal("pending", text_of(answer, "state"));
    assert_gate(answer, "worker_labels", true, "1 worker matches (the label os=linux): w1");
    assert_gate(answer, "worker_slots", true, "1 of 2 slots free");
    assert_gate(answer, "ahead", true, "no request is ahead of it");
    assert_int_equal(0, json_integer_value(json_object_get(answer.json, "ahead")));
    /* Build 1, from 1690000201.5 to 1690000301, is the only one that went well. */
    estimate = json_object_get(answer.json, "estimate");
    assert_int_equal(1, json_integer_value(json_object_get(estimate, "based_on")));
    assert_int_equal(WORLD_NOW + 99, json_integer_value(json_object_get(estimate, "complete_at")));
}

static void why__tells_who_paused_the_worker(void **state)
{
    struct answer answer;

    (void)state;
    world_post("workers/w1", "pause", "{\"reason\": \"disk full\"}");
    answer = ask(why_request_get, "4");
    assert_gate(answer, "worker_paused", false,
                "w1 is paused by admin since 2023-11-14T22:13:20Z because disk full");
    world_post("workers/w1", "unpause", "{}");
    answer = ask(why_request_get, "4");
    assert_gate(answer, "worker_paused", true, "1 of 1 worker takes builds");
    assert_int_equal(0,
                     db_test_number(db_test.db, "SELECT count(paused_by) + count(paused_at) AS n "
                                                "FROM workers"));
}

static void why__counts_what_is_ahead_by_priority_then_age(void **state)
{
    struct answer answer;

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO buildrequests (buildrequestid, buildsetid, builderid, "
                            "priority, submitted_at) OVERRIDING SYSTEM VALUE "
                            "SELECT 100 + i, 5, 1, i, now() FROM generate_series(-1, 2) i");
    answer = ask(why_request_get, "4"); /* of priority 0: 101 and 102 come before it */
    assert_gate(answer, "ahead", false, "2 requests are ahead of it (priority, age)");
    answer = ask(why_request_get, "100"); /* of the same priority, but younger */
    assert_gate(answer, "ahead", false, "3 requests are ahead of it (priority, age)");
    db_test_sql(db_test.db, "INSERT INTO buildrequests (buildrequestid, buildsetid, builderid, "
                            "priority, submitted_at) OVERRIDING SYSTEM VALUE "
                            "SELECT 1000 + i, 5, 1, 9, now() FROM generate_series(1, 1500) i");
    answer = ask(why_request_get, "4");
    assert_gate(answer, "ahead", false, "more than 1000 requests are ahead of it (priority, age)");
    db_test_sql(db_test.db, "DELETE FROM buildrequests WHERE buildrequestid >= 99");
}

static void why__names_who_holds_a_lock(void **state)
{
    struct answer answer;

    (void)state;
    world_apply_yaml(
        "title: T\nurl: https://ci.example/\nlocks: [{name: packages}]\n"
        "builders:\n"
        "  - {name: linux, locks: [{lock: packages, mode: exclusive}], steps: [{run: make}]}\n"
        "workers: [{name: w1, password: p, max_builds: 4}]\n"
        "schedulers: [{type: force, name: force, builders: [linux]}]\n");
    db_test_sql(db_test.db, "INSERT INTO lock_claims (name, buildid, exclusive, requested_at, "
                            "granted_at) VALUES ('packages', 3, true, now(), now())");
    answer = ask(why_request_get, "4");
    assert_gate(answer, "locks", false, "lock packages is held by build linux/3 (exclusive)");
    /* A step of a running build that waits for a lock says so, too. */
    db_test_sql(db_test.db, "UPDATE lock_claims SET step = 0, granted_at = NULL");
    db_test_sql(db_test.db, "INSERT INTO lock_claims (name, buildid, exclusive, requested_at, "
                            "granted_at) VALUES ('packages', 2, true, now(), now())");
    answer = ask(why_request_get, "3");
    assert_gate(answer, "step_locks", false,
                "step git waits for lock packages, which build linux/2 has first");
    db_test_sql(db_test.db, "DELETE FROM lock_claims");
    world_apply_yaml("title: T\nurl: https://ci.example/\n"
                     "builders: [{name: other, steps: [{run: make}]}]\n"
                     "schedulers: [{type: force, name: force, builders: [other]}]\n");
    answer = ask(why_request_get, "4");
    assert_gate(answer, "builder", false, "builder linux left the configuration");
    world_apply();
}

static json_t *scheduler_of(struct answer answer, const char *name)
{
    json_t *schedulers = json_object_get(answer.json, "schedulers"), *scheduler;
    size_t i;

    json_array_foreach(schedulers, i, scheduler) {
        if (strcmp(json_string_value(json_object_get(scheduler, "scheduler")), name) == 0)
            return scheduler;
    }
    fail_msg("no scheduler %s in %s", name, answer.text);
    return NULL;
}

static void assert_verdict(struct answer answer, const char *name, const char *verdict,
                           const char *text)
{
    json_t *scheduler = scheduler_of(answer, name);

    assert_string_equal(verdict, json_string_value(json_object_get(scheduler, "verdict")));
    assert_string_equal(text, json_string_value(json_object_get(scheduler, "text")));
}

static void why__tells_what_became_of_a_change(void **state)
{
    struct answer answer = ask(why_change_get, "1");

    (void)state;
    assert_string_equal("built", text_of(answer, "state"));
    assert_verdict(answer, "main", "built", "built it: buildset 1");
    assert_verdict(answer, "force", "ignored", "takes no changes: it is of type force");

    db_test_sql(db_test.db, "DELETE FROM buildset_changes WHERE changeid > 1");
    db_test_sql(db_test.db, "INSERT INTO change_verdicts SELECT 2, schedulerid, 'refused', "
                            "'branch \"main\" is not x' FROM schedulers WHERE name = 'main'");
    answer = ask(why_change_get, "2");
    assert_string_equal("refused", text_of(answer, "state"));
    assert_verdict(answer, "main", "refused", "refused it: branch \"main\" is not x");

    db_test_sql(db_test.db, "INSERT INTO change_inbox VALUES (3)");
    assert_string_equal("unseen", text_of(ask(why_change_get, "3"), "state"));

    db_test_sql(db_test.db, "INSERT INTO scheduler_changes SELECT schedulerid, '', 4, true "
                            "FROM schedulers WHERE name = 'main'");
    db_test_sql(db_test.db, "INSERT INTO scheduler_timers SELECT schedulerid, '', "
                            "to_timestamp(1700000060) FROM schedulers WHERE name = 'main'");
    answer = ask(why_change_get, "4");
    assert_string_equal("kept", text_of(answer, "state"));
    assert_verdict(answer, "main", "kept",
                   "keeps it until 2023-11-14T22:14:20Z: its stable timer runs");

    db_test_sql(db_test.db, "UPDATE changes SET branch = 'x' WHERE changeid = 5");
    answer = ask(why_change_get, "5");
    assert_true(json_is_true(json_object_get(scheduler_of(answer, "main"), "evaluated_now")));
    assert_string_equal("refused", text_of(answer, "state"));
}

static void why__knows_no_others(void **state)
{
    (void)state;
    assert_int_equal(404, ask(why_request_get, "999").status);
    assert_int_equal(404, ask(why_change_get, "999").status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(why__answers_with_the_columns_of_its_records),
        world_test(why__tells_the_story_of_requests),
        world_test(why__judges_a_request_that_waits),
        world_test(why__tells_who_paused_the_worker),
        world_test(why__counts_what_is_ahead_by_priority_then_age),
        world_test(why__names_who_holds_a_lock),
        world_test(why__tells_what_became_of_a_change),
        world_test(why__knows_no_others),
    };

    return cmocka_run_group_tests(tests, world_open, world_close);
}

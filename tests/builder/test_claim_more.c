/* SPDX-License-Identifier: Apache-2.0 */
/* Claims with locks, policies, conditions, virtual builders and secrets. */
#include "fixture.h"

#include <sys/stat.h>

#define NUMBER(text) db_test_number(db_test.db, (text))

static const char locked_yaml[] = "locks:\n"
                                  "  - {name: db, max_count: 2}\n"
                                  "  - {name: disk, per_worker: true}\n"
                                  "builders:\n"
                                  "  - {name: counting, locks: [db], steps: [{run: 'true'}]}\n"
                                  "  - {name: exclusive, locks: [{lock: db, mode: exclusive}],"
                                  " steps: [{run: 'true'}]}\n"
                                  "  - {name: each, locks: [disk], steps: [{run: 'true'}]}\n"
                                  "  - {name: free, steps: [{run: 'true'}]}\n";

/* Ends the build of the agent's place `at`, and takes it from its list. */
static void finish(struct test_agent *agent, size_t at)
{
    struct ci_buf body = frames_new(fixture.mem);
    json_t *answer = NULL;

    frames_begin(&body, 0);
    frames_end(&body, 0, CI_SUCCESS);
    frames_finish(&body, CI_SUCCESS);
    assert_int_equal(200, fixture_journal(agent, agent->held[at].build, agent->held[at].token, 0,
                                          frames_bytes(&body), &answer));
    agent->held[at] = agent->held[--agent->held_count];
    (void)fixture_poll(agent);
}

static int64_t running(const char *builder)
{
    return NUMBER(ci_mem_printf(fixture.mem,
                                "SELECT count(*) AS n FROM builds b JOIN builders d"
                                " USING (builderid) WHERE d.name = '%s' AND NOT b.complete",
                                builder));
}

static void claim__builder_locks_are_held_to_the_end(void **state)
{
    struct test_agent agent = fixture_agent("a1", 9);

    (void)state;
    fixture_apply(locked_yaml);
    (void)fixture_request("counting", 3, 0);
    (void)fixture_request("exclusive", 1, 0);
    (void)fixture_request("counting", 1, 0);
    (void)fixture_request("free", 1, 0);
    assert_int_equal(3, fixture_work(&agent)); /* two counting ones and the free one */
    assert_int_equal(2, running("counting"));
    assert_int_equal(1, running("free"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM lock_claims WHERE step = -1"
                               " AND granted_at IS NOT NULL"));
    finish(&agent, 0);
    assert_int_equal(1, fixture_work(&agent)); /* the third counting one: it was here before */
    finish(&agent, 0);
    assert_int_equal(0, running("exclusive"));
    assert_int_equal(0, fixture_work(&agent)); /* the exclusive one is next and waits for all */
}

static void claim__an_exclusive_lock_has_its_turn(void **state)
{
    struct test_agent agent = fixture_agent("a1", 9);

    (void)state;
    fixture_apply(locked_yaml);
    (void)fixture_request("exclusive", 2, 0);
    (void)fixture_request("counting", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    assert_int_equal(1, running("exclusive"));
    finish(&agent, 0);
    assert_int_equal(1, fixture_work(&agent));
    assert_int_equal(1, running("exclusive"));
    finish(&agent, 0);
    assert_int_equal(1, fixture_work(&agent));
    assert_int_equal(1, running("counting"));
}

static void claim__a_lock_per_worker_spreads_builds(void **state)
{
    struct test_agent first = fixture_agent("a1", 4), second = fixture_agent("a2", 4);

    (void)state;
    fixture_apply(locked_yaml);
    (void)fixture_request("each", 3, 0);
    fixture_park(&first);
    fixture_park(&second);
    assert_int_equal(2, fixture_claim());
    assert_int_equal(2, NUMBER("SELECT count(DISTINCT workerid) AS n FROM lock_claims"));
}

static void claim__a_waiting_build_takes_no_slot(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 2, 0);
    assert_int_equal(1, fixture_work(&agent));
    assert_int_equal(0, fixture_work(&agent));
    db_test_sql(db_test.db, "UPDATE builds SET waiting = true");
    agent.held[0].waiting = true;
    assert_int_equal(1, fixture_work(&agent));
}

static void claim__a_chosen_worker_is_enforced(void **state)
{
    struct test_agent first = fixture_agent("a1", 2), second = fixture_agent("a2", 2);

    (void)state;
    (void)fixture_request("linux", 2, 0);
    db_test_sql(db_test.db, "UPDATE buildsets SET properties = properties ||"
                            " '{\"workername\": [\"a2\", \"Force\"]}'");
    assert_int_equal(0, fixture_work(&first));
    assert_int_equal(2, fixture_work(&second));
}

static void claim__can_start_build_is_asked_for_each_worker(void **state)
{
    struct test_agent agent = fixture_agent("a1", 2);

    (void)state;
    fixture_apply("builders:\n"
                  "  - {name: b, can_start_build: \"worker.name == 'a2' and prop.colour == 'red'\","
                  " steps: [{run: 'true'}]}\n");
    (void)fixture_request("b", 1, 0);
    assert_int_equal(0, fixture_work(&agent));
    agent = fixture_agent("a2", 2);
    assert_int_equal(0, fixture_work(&agent));
    db_test_sql(db_test.db, "UPDATE buildsets SET properties = properties ||"
                            " '{\"colour\": [\"red\", \"Force\"]}'");
    assert_int_equal(1, fixture_work(&agent));
}

static void claim__do_build_if_ends_a_build_as_skipped(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    fixture_apply(
        "builders:\n"
        "  - {name: b, do_build_if: \"src.branch == 'release'\", steps: [{run: 'true'}]}\n"
        "  - {name: c, do_build_if: \"src.branch == 'main'\", steps: [{run: 'true'}]}\n");
    (void)fixture_request("b", 3, 0);
    (void)fixture_request("c", 1, 0);
    (void)fixture_work(&agent);
    (void)fixture_work(&agent);
    (void)fixture_work(&agent);
    (void)fixture_work(&agent);
    assert_int_equal(3, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 3"
                               " AND state_string LIKE 'skipped%'"));
    assert_int_equal(3, NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete"));
    assert_int_equal(1, agent.held_count);
    assert_int_equal(1, running("c"));
}

static void claim__virtual_builders_appear_by_themselves(void **state)
{
    struct test_agent agent = fixture_agent("a1", 4);

    (void)state;
    fixture_apply("builders:\n"
                  "  - name: b\n"
                  "    properties: {virtual_builder_name: 'b-%(prop:branch)s',"
                  " virtual_builder_tags: [x]}\n"
                  "    steps: [{run: 'true', name: one}]\n");
    (void)fixture_request("b", 2, 0);
    assert_int_equal(2, fixture_work(&agent));
    assert_int_equal(2, running("b-main"));
    assert_int_equal(1,
                     NUMBER("SELECT count(*) AS n FROM builders WHERE name = 'b-main' AND virtual"
                            " AND tags = '{_virtual_,x}' AND last_number = 2"));
    assert_int_equal(0, NUMBER("SELECT last_number AS n FROM builders WHERE name = 'b'"));
    finish(&agent, 0); /* by the recipe of the request's builder */
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM steps WHERE name = 'one'"));
    fixture_restart();
    fixture_park(&agent);
    assert_int_equal(1, running("b-main"));
}

static const char secret_yaml[] =
    "builders:\n"
    "  - {name: b, env: {TOKEN: '%(secret:deploy)s'}, steps: [{run: 'true'}]}\n";

static void claim__a_missing_secret_ends_the_build(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    fixture_apply(secret_yaml);
    (void)fixture_request("b", 1, 0);
    assert_int_equal(0, fixture_work(&agent));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 4"
                               " AND state_string LIKE 'exception: secret \"deploy\"%'"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete"
                               " AND results = 4"));
}

static void claim__secrets_travel_in_start_only(void **state)
{
    char folder[] = "/tmp/slipway-secrets.XXXXXX";
    struct test_agent agent;
    json_t *start;
    const char *path;
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = ci_mem_printf(fixture.mem, "%s/deploy", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("hunter2-hunter2\n", file) >= 0);
    assert_int_equal(0, fclose(file));
    assert_int_equal(0, chmod(path, 0600));
    fixture.settings.common.secrets_dir = folder;
    fixture_restart();
    fixture_apply(secret_yaml);
    agent = fixture_agent("a1", 1);
    (void)fixture_request("b", 1, 0);
    fixture_park(&agent);
    assert_int_equal(1, fixture_claim());
    start = json_array_get(fixture_poll(&agent), 0);
    assert_string_equal("hunter2-hunter2", json_string_value(json_object_get(
                                               json_object_get(start, "secrets"), "deploy")));
    assert_string_equal(
        "a1", json_string_value(json_object_get(json_object_get(start, "worker"), "name")));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM builds WHERE properties::text"
                               " LIKE '%hunter2%'"));
    fixture_restart(); /* another replica reads them anew */
    start = json_array_get(fixture_poll(&agent), 0);
    assert_string_equal("hunter2-hunter2", json_string_value(json_object_get(
                                               json_object_get(start, "secrets"), "deploy")));
    assert_int_equal(0, unlink(path));
    assert_int_equal(0, rmdir(folder));
    fixture.settings.common.secrets_dir = NULL;
}

static void claim__the_warmest_worker_is_preferred(void **state)
{
    struct test_agent cold = fixture_agent("cold", 4), warm = fixture_agent("warm", 1);

    (void)state;
    fixture_apply("builders:\n"
                  "  - {name: b, next_worker: warmest, steps: [{run: 'true'}]}\n");
    db_test_sql(db_test.db, "INSERT INTO environments (workerid, builderid, key, prepared_at,"
                            " last_used_at) SELECT w.workerid, b.builderid, 'k', now(), now()"
                            " FROM workers w, builders b WHERE w.name = 'warm' AND b.name = 'b'");
    (void)fixture_request("b", 1, 0);
    fixture_park(&cold);
    fixture_park(&warm);
    assert_int_equal(1, fixture_claim());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds b JOIN workers w USING (workerid)"
                               " WHERE w.name = 'warm'"));
}

/* A poll that also tells what the worker has prepared. */
static void tell_environments(const struct test_agent *agent, const char *list)
{
    const struct ci_pair query[] = {
        {"wait", "0"}
    };
    json_t *body = ci_mem_json(fixture.mem, json_pack("{s:i,s:[]}", "slots", 0, "builds"));
    const struct ci_request request = {
        .mem = fixture.mem,
        .now = ci_time_now(),
        .body = body,
        .query = {query, 1},
        .who = agent->who
    };
    struct ci_response response = {0};
    struct ci_err err = {0};

    json_object_set_new(body, "environments", json_loads(list, 0, NULL));
    assert_ok(api_routes[1].handle(&fixture.app, &request, &response, &err), err);
    json_decref(response.body);
}

static void claim__workers_tell_which_environments_they_have(void **state)
{
    const struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    tell_environments(&agent, "[{\"builderid\": 1, \"key\": \"a\"},"
                              " {\"builderid\": 1, \"key\": \"b\"},"
                              " {\"builderid\": 99, \"key\": \"a\"}]");
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM environments"));
    tell_environments(&agent, "[{\"builderid\": 1, \"key\": \"b\"}]");
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM environments WHERE key = 'b'"));
    (void)fixture_poll(&agent); /* which tells nothing of them */
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM environments"));
    tell_environments(&agent, "[]");
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM environments"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(claim__builder_locks_are_held_to_the_end),
        fixture_test(claim__an_exclusive_lock_has_its_turn),
        fixture_test(claim__a_lock_per_worker_spreads_builds),
        fixture_test(claim__a_waiting_build_takes_no_slot),
        fixture_test(claim__a_chosen_worker_is_enforced),
        fixture_test(claim__can_start_build_is_asked_for_each_worker),
        fixture_test(claim__do_build_if_ends_a_build_as_skipped),
        fixture_test(claim__virtual_builders_appear_by_themselves),
        fixture_test(claim__a_missing_secret_ends_the_build),
        fixture_test(claim__secrets_travel_in_start_only),
        fixture_test(claim__the_warmest_worker_is_preferred),
        fixture_test(claim__workers_tell_which_environments_they_have),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What few builds have, in the database: test results, data, environments, services, free steps. */
#include "fixture.h"

#define NUMBER(text) db_test_number(db_test.db, (text))

static const char yaml[] = "title: Test\n"
                           "url: http://localhost/\n"
                           "locks: [{name: db}]\n"
                           "builders:\n"
                           "  - name: linux\n"
                           "    repository_file: .slipway.yml\n"
                           "    steps:\n"
                           "      - {run: 'true', name: server, background: {ready: 'tcp:80'}}\n"
                           "      - {run: 'true', name: test, locks: [db]}\n";

static struct test_agent with_build(void)
{
    struct test_agent agent;

    fixture_apply(yaml);
    agent = fixture_agent("a1", 1);
    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    return agent;
}

static int64_t post(const struct test_agent *agent, int64_t seq, const struct ci_buf *journal)
{
    json_t *answer;
    const int status = fixture_journal(agent, agent->held[0].build, agent->held[0].token, seq,
                                       frames_bytes(journal), &answer);

    if (status != 200)
        fail_msg("%d %s", status, json_string_value(json_object_get(answer, "error")));
    return json_integer_value(json_object_get(answer, "next"));
}

static void ingest__adds_test_results_to_one_set(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf first = frames_new(fixture.mem), second = frames_new(fixture.mem);

    (void)state;
    frames_begin(&first, 1);
    frames_tests(&first, 1, "pass_fail",
                 "{\"name\":\"a\",\"path\":\"t.py\",\"line\":7,\"duration_ns\":1500,"
                 "\"value\":\"1\"}\n{\"name\":\"b\",\"value\":\"0\"}\n");
    assert_int_equal(2, post(&agent, 0, &first));
    assert_int_equal(2, post(&agent, 0, &first)); /* a repeat adds nothing */
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM test_result_sets WHERE complete"));
    frames_tests(&second, 1, "pass_fail", "{\"value\":\"1\"}\n");
    frames_end(&second, 1, CI_SUCCESS);
    assert_int_equal(4, post(&agent, 2, &second));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM test_result_sets WHERE complete AND"
                               " tests_passed = 2 AND tests_failed = 1 AND buildid = 1 AND"
                               " category = 'pass_fail' AND value_unit = 'boolean'"));
    assert_int_equal(3, NUMBER("SELECT count(*) AS n FROM test_results"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM test_results WHERE test_name = 'a' AND"
                               " test_code_path = 't.py' AND line = 7 AND duration_ns = 1500"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM test_results WHERE test_name IS NULL AND"
                               " line IS NULL AND duration_ns IS NULL"));
}

static void ingest__completes_sets_of_earlier_batches(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf first = frames_new(fixture.mem), second = frames_new(fixture.mem);

    (void)state;
    frames_begin(&first, 1);
    frames_tests(&first, 1, "performance", "{\"value\":\"12\"}\n");
    (void)post(&agent, 0, &first);
    frames_end(&second, 1, CI_SUCCESS);
    (void)post(&agent, 2, &second);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM test_result_sets WHERE complete AND"
                               " tests_passed IS NULL"));
}

static void ingest__keeps_data_environment_and_waits(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem), more = frames_new(fixture.mem);

    (void)state;
    frames_begin(&journal, 0);
    ci_buf_puts(&journal,
                "{\"frame\":\"build_data\",\"name\":\"n\",\"source\":\"s\",\"size\":1}\nx");
    ci_buf_puts(&journal,
                "{\"frame\":\"build_data\",\"name\":\"n\",\"source\":\"t\",\"size\":2}\nxy");
    ci_buf_puts(&journal,
                "{\"frame\":\"environment\",\"key\":\"k\",\"state\":\"prepared\","
                "\"seconds\":2.5}\n{\"frame\":\"waiting\",\"step\":0,\"waiting\":true}\n");
    (void)post(&agent, 0, &journal);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM build_data WHERE source = 't' AND"
                               " value = 'xy'"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM environments WHERE seconds = 2.5 AND"
                               " last_buildid = 1 AND key = 'k'"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE waiting AND"
                               " environment = 'k'"));
    ci_buf_puts(&more, "{\"frame\":\"environment\",\"key\":\"k\",\"state\":\"reused\"}\n"
                       "{\"frame\":\"waiting\",\"step\":0,\"waiting\":false}\n");
    (void)post(&agent, 5, &more);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM environments WHERE seconds = 2.5"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE NOT waiting"));
    more = frames_new(fixture.mem);
    ci_buf_puts(&more, "{\"frame\":\"environment\",\"key\":\"k\",\"state\":\"destroyed\"}\n");
    (void)post(&agent, 7, &more);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM environments"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE environment = 'k'"));
}

static void ingest__a_step_has_its_locks_when_it_says_so(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);

    (void)state;
    db_test_sql(db_test.db, "UPDATE builds SET started_at = started_at - interval '1 hour'");
    frames_begin(&journal, 0);
    ci_buf_printf(&journal,
                  "{\"frame\":\"step_started\",\"step\":1,\"state\":\"acquiring locks\","
                  "\"at\":%" PRId64 "}\n",
                  ci_time_now().us - 7000000);
    (void)post(&agent, 0, &journal);
    assert_int_equal(0, NUMBER("SELECT number::bigint AS n FROM steps"
                               " WHERE locks_acquired_at = started_at"));
    assert_int_equal(1, NUMBER("SELECT number::bigint AS n FROM steps"
                               " WHERE locks_acquired_at IS NULL"));
    journal = frames_new(fixture.mem);
    ci_buf_puts(&journal, "{\"frame\":\"url\",\"step\":1,\"name\":\"n\",\"url\":\"u\"}\n");
    (void)post(&agent, 2, &journal);
    assert_int_equal(1, NUMBER("SELECT number::bigint AS n FROM steps"
                               " WHERE state_string = 'acquiring locks'"));
    journal = frames_new(fixture.mem);
    ci_buf_puts(&journal, "{\"frame\":\"step_locks\",\"step\":1,\"state\":\"testing\",\"at\":0}\n");
    (void)post(&agent, 3, &journal);
    assert_int_equal(1, NUMBER("SELECT number::bigint AS n FROM steps"
                               " WHERE state_string = 'testing'"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM steps"
                               " WHERE locks_acquired_at >= started_at"));
    assert_in_range(NUMBER("SELECT locks_duration_s AS n FROM builds"), 7, 9);
}

/* Its log goes on after the step, and ends with the build. */
static void ingest__a_services_log_ends_with_the_build(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);

    (void)state;
    frames_begin(&journal, 0);
    frames_log(&journal, 0, "oready\n");
    frames_end(&journal, 0, CI_SUCCESS);
    frames_begin(&journal, 1);
    frames_log(&journal, 1, "otesting\n");
    frames_end(&journal, 1, CI_SUCCESS);
    (void)post(&agent, 0, &journal);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM logs WHERE complete"));
    journal = frames_new(fixture.mem);
    frames_log(&journal, 0, "orequest\n");
    frames_log(&journal, 1, "olate\n"); /* opens what was complete */
    (void)post(&agent, 6, &journal);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM logs WHERE complete"));
    journal = frames_new(fixture.mem);
    frames_finish(&journal, CI_SUCCESS);
    (void)post(&agent, 8, &journal);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM logs WHERE complete AND num_lines = 2"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM steps WHERE complete AND results = 0"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 0"));
}

static void ingest__keeps_what_free_steps_bring_along(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);

    (void)state;
    ci_buf_puts(&journal,
                "{\"frame\":\"step_started\",\"step\":5,\"name\":\"docs\",\"group\":\"g\","
                "\"flags\":[\"warn_on_failure\"]}\n");
    (void)post(&agent, 0, &journal);
    journal = frames_new(fixture.mem);
    ci_buf_puts(&journal, "{\"frame\":\"step_finished\",\"step\":5,\"results\":2,\"hidden\":true,"
                          "\"warnings\":3}\n");
    frames_finish(&journal, CI_SUCCESS);
    (void)post(&agent, 1, &journal);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM steps WHERE name = 'docs' AND hidden AND"
                               " step_group = 'g' AND warnings = 3 AND results = 2"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE results = 1 AND"
                               " state_string = 'warnings docs'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(ingest__adds_test_results_to_one_set),
        fixture_test(ingest__completes_sets_of_earlier_batches),
        fixture_test(ingest__keeps_data_environment_and_waits),
        fixture_test(ingest__a_step_has_its_locks_when_it_says_so),
        fixture_test(ingest__a_services_log_ends_with_the_build),
        fixture_test(ingest__keeps_what_free_steps_bring_along),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Journals: what is stored, repeats, gaps, and who may send them. */
#include "fixture.h"

#define NUMBER(text) db_test_number(db_test.db, (text))

/* An agent with one build of `linux`. */
static struct test_agent with_build(void)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    return agent;
}

static int post(const struct test_agent *agent, int64_t seq, const struct ci_buf *journal,
                json_t **answer)
{
    return fixture_journal(agent, agent->held[0].build, agent->held[0].token, seq,
                           frames_bytes(journal), answer);
}

static int64_t next_of(json_t *answer)
{
    return json_integer_value(json_object_get(answer, "next"));
}

static struct ci_buf whole_build(void)
{
    struct ci_buf journal = frames_new(fixture.mem);

    frames_begin(&journal, 0);
    frames_log(&journal, 0, "hmake\noone\netwo\n");
    frames_end(&journal, 0, CI_SUCCESS);
    frames_begin(&journal, 1);
    frames_log(&journal, 1, "othree\n");
    frames_end(&journal, 1, CI_FAILURE);
    frames_finish(&journal, CI_FAILURE);
    return journal;
}

static void ingest__stores_a_whole_build_at_once(void **state)
{
    struct test_agent agent = with_build();
    const struct ci_buf journal = whole_build();
    json_t *answer;

    (void)state;
    assert_int_equal(200, post(&agent, 0, &journal, &answer));
    assert_int_equal(7, next_of(answer));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 2"
                               " AND state_string = 'failed test' AND lease_until IS NULL"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM steps WHERE complete"
                               " AND complete_at >= started_at"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM logs WHERE complete"));
    assert_int_equal(4, NUMBER("SELECT sum(num_lines)::bigint AS n FROM logs"));
    assert_int_equal(4, NUMBER("SELECT sum(line_count)::bigint AS n FROM log_chunks"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete"
                               " AND results = 2 AND claimed"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete AND results = 2"
                               " AND open_requests = 0"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM notification_events"));
}

static void ingest__leaves_no_word_where_no_notifier_listens(void **state)
{
    const struct ci_buf journal = whole_build();
    struct test_agent agent;
    json_t *answer;

    (void)state;
    fixture_apply(ci_mem_strndup(fixture.mem, fixture_yaml,
                                 (size_t)(strstr(fixture_yaml, "notifiers:") - fixture_yaml)));
    agent = with_build();
    assert_int_equal(200, post(&agent, 0, &journal, &answer));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM notification_events"));
}

/* One frame a post: the same rows as in one batch. */
static void ingest__stores_a_build_frame_by_frame(void **state)
{
    struct test_agent agent = with_build();
    json_t *answer;
    struct ci_buf frame;

    (void)state;
    for (int seq = 0; seq < 7; seq++) {
        frame = frames_new(fixture.mem);
        if (seq == 0)
            frames_begin(&frame, 0);
        else if (seq == 1)
            frames_log(&frame, 0, "oone\n");
        else if (seq == 2)
            frames_log(&frame, 0, "otwo\nothree\n");
        else if (seq == 3)
            frames_end(&frame, 0, CI_WARNINGS);
        else if (seq == 4)
            frames_begin(&frame, 1);
        else if (seq == 5)
            frames_end(&frame, 1, CI_SUCCESS);
        else
            frames_finish(&frame, CI_SUCCESS);
        assert_int_equal(200, post(&agent, seq, &frame, &answer));
        assert_int_equal(seq + 1, next_of(answer));
    }
    assert_int_equal(0, NUMBER("SELECT results::bigint AS n FROM builds"));
    assert_int_equal(3, NUMBER("SELECT num_lines AS n FROM logs WHERE complete"));
    assert_int_equal(1, NUMBER("SELECT first_line AS n FROM log_chunks WHERE line_count = 2"));
    assert_int_equal(0, NUMBER("SELECT first_line AS n FROM log_chunks WHERE line_count = 1"));
}

static void ingest__skips_what_it_has(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf begin = frames_new(fixture.mem), more;
    json_t *answer;

    (void)state;
    frames_begin(&begin, 0);
    frames_log(&begin, 0, "oone\n");
    assert_int_equal(200, post(&agent, 0, &begin, &answer));
    assert_int_equal(200, post(&agent, 0, &begin, &answer));
    assert_int_equal(2, next_of(answer));
    /* A batch that overlaps: only its new frames count. */
    more = begin;
    frames_log(&more, 0, "otwo\n");
    assert_int_equal(200, post(&agent, 0, &more, &answer));
    assert_int_equal(3, next_of(answer));
    assert_int_equal(2, NUMBER("SELECT num_lines AS n FROM logs"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM log_chunks"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM steps"));
}

static void ingest__repeats_the_last_batch_of_a_build_that_is_over(void **state)
{
    struct test_agent agent = with_build();
    const struct ci_buf journal = whole_build();
    struct ci_buf late = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    assert_int_equal(200, post(&agent, 0, &journal, &answer));
    assert_int_equal(200, post(&agent, 0, &journal, &answer));
    assert_int_equal(7, next_of(answer));
    frames_log(&late, 0, "olate\n");
    assert_int_equal(410, post(&agent, 7, &late, &answer));
    assert_int_equal(4, NUMBER("SELECT sum(num_lines)::bigint AS n FROM logs"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM notification_events"));
}

static void ingest__refuses_a_gap_with_the_number_it_wants(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    frames_begin(&journal, 0);
    assert_int_equal(409, post(&agent, 3, &journal, &answer));
    assert_int_equal(0, next_of(answer));
    assert_non_null(json_object_get(answer, "error"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM steps"));
}

static void ingest__refuses_strangers(void **state)
{
    struct test_agent agent = with_build();
    struct test_agent other = fixture_agent("a2", 1);
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    frames_begin(&journal, 0);
    assert_int_equal(410, fixture_journal(&agent, agent.held[0].build, "stale", 0,
                                          frames_bytes(&journal), &answer));
    assert_int_equal(410, fixture_journal(&agent, 4711, agent.held[0].token, 0,
                                          frames_bytes(&journal), &answer));
    assert_int_equal(403, fixture_journal(&other, agent.held[0].build, agent.held[0].token, 0,
                                          frames_bytes(&journal), &answer));
    (void)fixture_agent("a1", 1); /* a newer session */
    assert_int_equal(409, post(&agent, 0, &journal, &answer));
    assert_null(json_object_get(answer, "next"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM steps"));
}

static void ingest__applies_nothing_of_a_bad_batch(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    frames_begin(&journal, 0);
    frames_log_as(&journal, 0, "oone\n", 7, 5);
    assert_int_equal(400, post(&agent, 0, &journal, &answer));
    assert_non_null(strstr(json_string_value(json_object_get(answer, "error")), "frame 1"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM steps"));
    assert_int_equal(0, NUMBER("SELECT next_seq AS n FROM builds"));
}

static void ingest__ends_open_steps_with_the_build(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    frames_begin(&journal, 0);
    frames_log(&journal, 0, "oone\n");
    frames_finish(&journal, CI_CANCELLED);
    assert_int_equal(200, post(&agent, 0, &journal, &answer));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE results = 6"
                               " AND state_string = 'cancelled'"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM steps WHERE complete AND results = 6"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM logs WHERE complete"));
}

static void ingest__a_build_given_back_is_built_again(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    frames_finish(&journal, CI_RETRY);
    assert_int_equal(200, post(&agent, 0, &journal, &answer));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 5"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE NOT claimed"
                               " AND NOT complete AND results = -1"));
    agent.held_count = 0;
    assert_int_equal(1, fixture_work(&agent));
    assert_int_equal(2, NUMBER("SELECT attempt::bigint AS n FROM builds WHERE NOT complete"));
}

static void ingest__keeps_properties_and_urls(void **state)
{
    struct test_agent agent = with_build();
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    frames_begin(&journal, 0);
    ci_buf_puts(&journal, "{\"frame\":\"property\",\"name\":\"got_revision\",\"value\":\"abc\","
                          "\"source\":\"git\"}\n"
                          "{\"frame\":\"url\",\"step\":0,\"name\":\"n\",\"url\":\"http://u/\"}\n");
    assert_int_equal(200, post(&agent, 0, &journal, &answer));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds"
                               " WHERE properties->'got_revision' = '[\"abc\", \"git\"]'"
                               " AND properties->'buildnumber'->>0 = '1'"
                               " AND state_string = 'building'"));
    assert_int_equal(1,
                     NUMBER("SELECT count(*) AS n FROM steps WHERE urls->0->>'url' = 'http://u/'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(ingest__stores_a_whole_build_at_once),
        fixture_test(ingest__leaves_no_word_where_no_notifier_listens),
        fixture_test(ingest__stores_a_build_frame_by_frame),
        fixture_test(ingest__skips_what_it_has),
        fixture_test(ingest__repeats_the_last_batch_of_a_build_that_is_over),
        fixture_test(ingest__refuses_a_gap_with_the_number_it_wants),
        fixture_test(ingest__refuses_strangers),
        fixture_test(ingest__applies_nothing_of_a_bad_batch),
        fixture_test(ingest__ends_open_steps_with_the_build),
        fixture_test(ingest__a_build_given_back_is_built_again),
        fixture_test(ingest__keeps_properties_and_urls),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}

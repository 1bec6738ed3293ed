/* SPDX-License-Identifier: Apache-2.0 */
/* Finished builds become messages, each once. */
#include "fixture.h"

#include <pthread.h>

static void expand__writes_a_message_for_each_recipient(void **state)
{
    int64_t build = fixture_build(CI_SUCCESS);

    (void)state;
    fixture_change(build, "Ada <ada@example.org>");
    fixture_change(build, "Ada Lovelace <ada@example.org>");
    fixture_change(build, "nobody");
    assert_int_equal(1, fixture_drain(tick_expand));
    assert_int_equal(2, fixture_count("state = 'pending' AND attempts = 0"));
    assert_int_equal(1, fixture_count("recipient = 'ada@example.org'"));
    assert_int_equal(2, fixture_count("headers = '{\"From\": \"CI <ci@example.org>\", \"To\":"
                                      " \"ada@example.org\", \"Cc\": \"team@example.org\"}'"));
    assert_int_equal(2, fixture_count("transport = 'maildir' AND notifier = 'mail' AND"
                                      " subject LIKE '% linux - over (main)' AND"
                                      " message_id LIKE 'slipway.1.%@example.org'"));
    assert_int_equal(0,
                     db_test_number(db_test.db, "SELECT count(*) AS n FROM notification_events"));
    assert_int_equal(0, fixture_drain(tick_expand));
}

static void expand__obeys_the_modes_and_the_build_before(void **state)
{
    static const int results[] = {CI_FAILURE, CI_FAILURE, CI_RETRY,  CI_FAILURE,
                                  CI_SUCCESS, CI_RETRY,   CI_FAILURE};

    (void)state;
    fixture_apply("  - {type: mail, from: ci@x.org, mode: problem, relay: {maildir: '%s'},"
                  " extra_recipients: [team@x.org]}\n");
    for (size_t i = 0; i < CI_COUNT(results); i++)
        fixture_build(results[i]);
    fixture_drain(tick_expand);
    /* The first has none before it; a RETRY is looked past. */
    assert_int_equal(1, fixture_count("true"));
    assert_int_equal(7, db_test_number(db_test.db, "SELECT buildid AS n FROM notifications"));
}

static void expand__says_nothing_where_nobody_can_be_told(void **state)
{
    (void)state;
    fixture_apply("  - {type: mail, from: ci@x.org, mode: all, relay: {maildir: '%s'}}\n");
    fixture_change(fixture_build(CI_FAILURE), "no address");
    assert_int_equal(1, fixture_drain(tick_expand));
    assert_int_equal(0, fixture_count("true"));
}

static void *expand_all(void *arg)
{
    for (;;) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_tick tick = {.mem = mem, .now = ci_time_now()};
        struct ci_err err = {0};

        if (!tick_expand(&fixture.app, &tick, &err)) {
            fprintf(stderr, "%s\n", err.msg);
            return arg;
        }
        if (!tick.again)
            return NULL;
    }
}

static void expand__is_done_once_by_many(void **state)
{
    enum { THREADS = 4, BUILDS = 40 };
    pthread_t threads[THREADS];
    void *failed = NULL;

    (void)state;
    for (int i = 0; i < BUILDS; i++)
        fixture_change(fixture_build(CI_FAILURE), "ada@example.org");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, expand_all, &fixture));
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(2 * BUILDS, fixture_count("true"));
    assert_int_equal(2 * BUILDS, db_test_number(db_test.db, "SELECT count(DISTINCT message_id) AS n"
                                                            " FROM notifications"));
    /* Told again, as after a restored backup: still once. */
    db_test_sql(db_test.db, "INSERT INTO notification_events (buildid) SELECT buildid FROM builds");
    fixture_drain(tick_expand);
    assert_int_equal(2 * BUILDS, fixture_count("true"));
}

static void expand__shows_the_end_of_the_failing_log(void **state)
{
    int64_t build = fixture_build(CI_FAILURE), log = fixture_log(build);
    const char *text;

    (void)state;
    fixture_apply(
        "  - {type: mail, from: ci@x.org, mode: all, relay: {maildir: '%s'}, log_lines: 3,"
        " extra_recipients: [team@x.org]}\n");
    fixture_sql("UPDATE builds SET config_version = 2");
    fixture_chunk(log, "oone\notwo\n");
    fixture_chunk(log, "othree\nofour\n");
    fixture_chunk(log, "efive\n");
    fixture_drain(tick_expand);
    text = fixture_text("body_text");
    assert_non_null(strstr(text, "The end of the log of step test:\n\nthree\nfour\nfive\n"));
    assert_null(strstr(text, "two"));
    assert_non_null(strstr(fixture_text("body_html"), "three\nfour\nfive\n"));
}

static void expand__reads_no_more_of_a_log_than_a_mail_shows(void **state)
{
    int64_t log = fixture_log(fixture_build(CI_FAILURE));
    char *line = ci_mem_array(fixture.mem, char, 100002);

    (void)state;
    memset(line, 'x', 100000);
    line[100000] = '\n';
    for (int i = 0; i < 3; i++)
        fixture_chunk(log, line);
    /* Not read: it is damaged. */
    fixture_sql("UPDATE log_chunks SET content = 'damage' WHERE first_line = 0");
    fixture_drain(tick_expand);
    assert_true(strlen(fixture_text("body_text")) < 2 * FACTS_TAIL_BYTES);
    assert_null(strstr(fixture_text("body_text"), "could not be read"));
}

static void expand__tells_of_a_log_that_is_damaged(void **state)
{
    int64_t log = fixture_log(fixture_build(CI_FAILURE));

    (void)state;
    fixture_chunk(log, "oone\n");
    fixture_sql("UPDATE log_chunks SET content = 'damage'");
    fixture_drain(tick_expand);
    assert_non_null(strstr(fixture_text("body_text"), "(it could not be read: "));
}

static void expand__is_not_stopped_by_a_build_it_cannot_tell_of(void **state)
{
    struct ci_tick tick;
    struct ci_err err = {0};

    (void)state;
    fixture_build(CI_FAILURE);
    fixture_sql("INSERT INTO config_versions (applied_by, yaml) VALUES ('test', 'nonsense: 1')");
    fixture_sql("UPDATE builds SET config_version = 2");
    fixture_build(CI_FAILURE);
    assert_false(fixture_try(tick_expand, &tick, &err));
    assert_int_equal(0, strncmp(err.msg, "build 1: ", 9));
    assert_int_equal(1, fixture_drain(tick_expand));
    assert_int_equal(1, fixture_count("buildid = 2"));
    /* The queue was looked through: the first is tried again, and told of once that is possible. */
    assert_false(fixture_try(tick_expand, &tick, &err));
    assert_int_equal(0, fixture_drain(tick_expand));
    fixture_sql("UPDATE builds SET config_version = 1");
    assert_int_equal(1, fixture_drain(tick_expand));
    assert_int_equal(1, fixture_count("buildid = 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(expand__writes_a_message_for_each_recipient),
        fixture_test(expand__obeys_the_modes_and_the_build_before),
        fixture_test(expand__says_nothing_where_nobody_can_be_told),
        fixture_test(expand__is_done_once_by_many),
        fixture_test(expand__shows_the_end_of_the_failing_log),
        fixture_test(expand__reads_no_more_of_a_log_than_a_mail_shows),
        fixture_test(expand__tells_of_a_log_that_is_damaged),
        fixture_test(expand__is_not_stopped_by_a_build_it_cannot_tell_of),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

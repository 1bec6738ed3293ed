/* SPDX-License-Identifier: Apache-2.0 */
/* Mail about workers that are missing. */
#include "fixture.h"

#include <string.h>

/* The fixture's list of notifiers, and what follows it in the file. */
static const char told_yaml[] =
    "  - {type: mail, from: ci@example.org, relay: {maildir: '%s'},"
    " extra_recipients: [team@example.org]}\n"
    "workers:\n"
    "  - {name: w1, password: pw, notify_on_missing: [ops@example.org, boss@example.org]}\n"
    "  - {name: w2, password: pw}\n";

static void miss(const char *name)
{
    fixture_sql("INSERT INTO worker_missing_events (workerid, last_connection) SELECT workerid,"
                " '2026-01-02 03:04:05Z' FROM workers WHERE name = '%s'",
                name);
}

#define NUMBER(text) db_test_number(db_test.db, (text))

static void missing__tells_everybody_once(void **state)
{
    (void)state;
    fixture_apply(told_yaml);
    miss("w1");
    fixture_drain(tick_missing);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM notifications WHERE buildid IS NULL AND"
                               " workerid IS NOT NULL AND state = 'pending' AND recipient IN"
                               " ('ops@example.org', 'boss@example.org') AND subject ="
                               " 'Slipway (Test): worker w1 is missing'"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM notifications WHERE body_text LIKE"
                               " '%2026-01-02 03:04:05 UTC%http://localhost/#/workers/%'"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM worker_missing_events"));
    fixture_drain(tick_missing);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM notifications"));
}

static void missing__of_a_worker_nobody_asked_about_is_dropped(void **state)
{
    (void)state;
    fixture_apply(told_yaml);
    miss("w2");
    fixture_drain(tick_missing);
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM notifications"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM worker_missing_events"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(missing__tells_everybody_once),
        fixture_test(missing__of_a_worker_nobody_asked_about_is_dropped),
    };

    return cmocka_run_group_tests_name("notifier.missing", tests, db_test_open, db_test_close);
}

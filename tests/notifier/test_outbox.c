/* SPDX-License-Identifier: Apache-2.0 */
/* Claims and their fences, what is sent again and what never is, and the maildir. */
#include "fixture.h"
#include "underway.h"

#include <dirent.h>
#include <sys/stat.h>

static const struct ci_dur claim_time = {180 * INT64_C(1000000)};

static void add_message(void)
{
    fixture_build(CI_FAILURE);
    fixture_drain(tick_expand);
}

/* Claims at `now`; false when nothing is due. */
static bool claim(struct ci_time now, struct message *out)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};
    bool claimed;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    claimed = store_message_claim(&tx, now, ci_time_add(now, claim_time), fixture.mem, out, &err);
    if (!claimed)
        assert_int_equal(CI_ENOTFOUND, err.code);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return claimed;
}

static bool commit_to(const struct message *message, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(db_test.db, &tx, err) &&
           store_message_committing(&tx, message, ci_time_add(ci_time_now(), claim_time), err) &&
           ci_tx_commit(&tx, err);
}

static void finish(const struct message *message, const char *result)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(
        store_message_done(&tx, message, result, ci_time_now(), (struct ci_time){0}, NULL, &err),
        err);
    assert_ok(ci_tx_commit(&tx, &err), err);
}

static struct ci_time later(struct ci_time now)
{
    return ci_time_add(now, ci_seconds(181));
}

static void claim__is_for_one(void **state)
{
    struct ci_time now = ci_time_now();
    struct message message = {0}, other = {0};

    (void)state;
    add_message();
    assert_false(claim((struct ci_time){1}, &other));
    assert_true(claim(ci_time_add(now, ci_seconds(1)), &message));
    assert_int_equal(1, message.attempts);
    assert_string_equal("team@example.org", message.recipient);
    assert_false(claim(ci_time_add(now, ci_seconds(2)), &other));
}

static void claim__that_ran_out_is_fenced_off(void **state)
{
    struct ci_time now = ci_time_add(ci_time_now(), ci_seconds(1));
    struct message slow = {0}, next = {0};
    struct ci_err err = {0};

    (void)state;
    add_message();
    assert_true(claim(now, &slow));
    assert_true(claim(later(now), &next));
    assert_int_equal(2, next.attempts);
    /* The slow one comes back: it may neither send nor write. */
    assert_false(commit_to(&slow, &err));
    assert_int_equal(CI_ECONFLICT, err.code);
    finish(&slow, "failed");
    assert_int_equal(1, fixture_count("state = 'sending' AND attempts = 2 AND NOT committing"));
    assert_ok(commit_to(&next, &err), err);
    finish(&next, "sent");
    assert_int_equal(1, fixture_count("state = 'sent' AND sent_at IS NOT NULL AND NOT committing"
                                      " AND next_try_at IS NULL"));
}

static void claim__is_renewed_while_the_message_is_sent(void **state)
{
    struct message message = {0};
    struct ci_tick tick;
    struct ci_err err = {0};

    (void)state;
    add_message();
    assert_true(claim(ci_time_add(ci_time_now(), ci_seconds(1)), &message));
    fixture_sql("UPDATE notifications SET next_try_at = now()");
    underway_begin(message.notificationid, message.attempts + 1); /* somebody else's attempt */
    assert_ok(fixture_try(tick_renew, &tick, &err), err);
    assert_int_equal(0, fixture_count("next_try_at > now()"));
    underway_end(message.notificationid);
    underway_begin(message.notificationid, message.attempts);
    assert_ok(fixture_try(tick_renew, &tick, &err), err);
    underway_end(message.notificationid);
    assert_int_equal(1, fixture_count("next_try_at > now() + interval '10 s'"));
    /* What waits for the relay's answer keeps its longer time. */
    assert_ok(commit_to(&message, &err), err);
    underway_begin(message.notificationid, message.attempts);
    assert_ok(fixture_try(tick_renew, &tick, &err), err);
    underway_end(message.notificationid);
    assert_int_equal(1, fixture_count("next_try_at > now() + interval '100 s'"));
}

static void sender__that_died_before_the_last_byte_is_replaced(void **state)
{
    struct message message = {0};

    (void)state;
    add_message();
    assert_true(claim(ci_time_add(ci_time_now(), ci_seconds(1)), &message));
    fixture_sql("UPDATE notifications SET next_try_at = now()");
    fixture_drain(tick_send);
    assert_int_equal(1, fixture_count("state = 'sent' AND attempts = 2"));
}

static void sender__that_died_after_it_leaves_the_message_unconfirmed(void **state)
{
    struct message message = {0};
    struct ci_err err = {0};

    (void)state;
    add_message();
    assert_true(claim(ci_time_add(ci_time_now(), ci_seconds(1)), &message));
    assert_ok(commit_to(&message, &err), err);
    assert_int_equal(0, fixture_drain(tick_send));
    assert_int_equal(1, fixture_count("state = 'sending' AND committing"));
    fixture_sql("UPDATE notifications SET next_try_at = now()");
    assert_int_equal(0, fixture_drain(tick_send));
    assert_int_equal(1,
                     fixture_count("state = 'unconfirmed' AND next_try_at IS NULL AND attempts = 1"
                                   " AND error LIKE '%may have been delivered'"));
    assert_int_equal(0, fixture_drain(tick_send));
    /* It was only slow, and has the relay's answer: that is the truth. */
    finish(&message, "sent");
    assert_int_equal(1, fixture_count("state = 'sent' AND error IS NULL"));
}

static void committing__begins_the_claim_anew(void **state)
{
    struct message message = {0};
    struct ci_err err = {0};

    (void)state;
    add_message();
    assert_true(claim(ci_time_add(ci_time_now(), ci_seconds(1)), &message));
    fixture_sql("UPDATE notifications SET next_try_at = now()");
    assert_ok(commit_to(&message, &err), err);
    assert_int_equal(0, fixture_drain(tick_send));
    assert_int_equal(1, fixture_count("state = 'sending' AND committing AND"
                                      " next_try_at > now() + interval '170 s'"));
}

/* The files of <maildir>/<sub>, and the name of the last. */
static int files(const char *sub, char name[256])
{
    DIR *dir = opendir(ci_mem_printf(fixture.mem, "%s/%s", fixture.maildir, sub));
    struct dirent *entry;
    int count = 0;

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, 256, "%s", entry->d_name);
        count++;
    }
    if (dir)
        closedir(dir);
    return count;
}

static void maildir__gets_each_message_once(void **state)
{
    char name[256];
    struct stat st;

    (void)state;
    add_message();
    assert_int_equal(1, fixture_drain(tick_send));
    assert_int_equal(1, files("new", name));
    assert_int_equal(0, files("tmp", name));
    assert_int_equal(1, fixture_count("state = 'sent'"));

    /* A sender that died before it could write "sent" finds what it did ... */
    fixture_sql("UPDATE notifications SET state = 'sending', next_try_at = now()");
    fixture_drain(tick_send);
    assert_int_equal(1, files("new", name));
    /* ... also when somebody has read it. */
    assert_int_equal(
        0, rename(ci_mem_printf(fixture.mem, "%s/new/%s", fixture.maildir, name),
                  ci_mem_printf(fixture.mem, "%s/cur/%s,S=12:2,S", fixture.maildir, name)));
    fixture_sql("UPDATE notifications SET state = 'sending', next_try_at = now()");
    fixture_drain(tick_send);
    assert_int_equal(0, files("new", name));
    assert_int_equal(1, files("cur", name));
    assert_int_equal(0, stat(fixture.maildir, &st));
}

static void maildir__outlives_the_database(void **state)
{
    char name[256];

    (void)state;
    add_message();
    fixture_drain(tick_send);
    /* A fresh database begins again with build 1 and message 1. */
    db_test_sql(db_test.db, "TRUNCATE builds, notifications RESTART IDENTITY CASCADE");
    add_message();
    assert_int_equal(1, fixture_count("notificationid = 1"));
    fixture_drain(tick_send);
    assert_int_equal(2, files("new", name));
}

static void maildir__that_is_missing_is_tried_again(void **state)
{
    char name[256];

    (void)state;
    add_message();
    assert_int_equal(0, rmdir(fixture.maildir));
    snprintf(fixture.maildir, sizeof(fixture.maildir), "/nonexistent/maildir");
    fixture_apply(fixture_notifiers);
    fixture_drain(tick_send);
    assert_int_equal(1, fixture_count("state = 'pending' AND attempts = 1 AND error LIKE"
                                      " 'could not make%No such file%' AND next_try_at"
                                      " BETWEEN now() + '20 s' AND now() + '31 s'"));
    /* The relay of the configuration in force is used, not the one of the build. */
    snprintf(fixture.maildir, sizeof(fixture.maildir), "/tmp/slipway-maildir-XXXXXX");
    assert_non_null(mkdtemp(fixture.maildir));
    fixture_apply(fixture_notifiers);
    fixture_sql("UPDATE notifications SET next_try_at = now()");
    fixture_drain(tick_send);
    assert_int_equal(1, fixture_count("state = 'sent' AND error IS NULL"));
    assert_int_equal(1, files("new", name));
}

static void message__that_is_too_old_fails(void **state)
{
    (void)state;
    add_message();
    snprintf(fixture.maildir, sizeof(fixture.maildir), "/nonexistent/maildir");
    fixture_apply(fixture_notifiers);
    fixture_sql("UPDATE notifications SET created_at = now() - interval '121 h'");
    fixture_drain(tick_send);
    assert_int_equal(1, fixture_count("state = 'failed' AND next_try_at IS NULL"
                                      " AND error LIKE 'could not make%'"));
}

static void notifier__that_was_removed_still_sends_what_it_owes(void **state)
{
    char name[256];

    (void)state;
    add_message();
    fixture_apply("  - {type: mail, name: other, from: ci@x.org, relay: {maildir: /nonexistent},"
                  " extra_recipients: [team@x.org]}\n");
    fixture_drain(tick_send);
    assert_int_equal(1, fixture_count("state = 'sent'"));
    assert_int_equal(1, files("new", name));
    /* One that no version knows can't. */
    fixture_sql("UPDATE notifications SET state = 'pending', notifier = 'gone',"
                " next_try_at = now()");
    fixture_drain(tick_send);
    assert_int_equal(1,
                     fixture_count("state = 'failed' AND error = 'no notifier \"gone\" any more'"));
}

static void tick__asks_to_be_called_when_the_next_is_due(void **state)
{
    struct ci_tick tick;
    struct ci_err err = {0};

    (void)state;
    assert_ok(fixture_try(tick_send, &tick, &err), err);
    assert_int_equal(0, tick.due.us);
    add_message();
    fixture_sql("UPDATE notifications SET next_try_at = now() + interval '40 s'");
    assert_ok(fixture_try(tick_send, &tick, &err), err);
    assert_false(tick.again);
    assert_true(tick.due.us > tick.now.us + 30000000 && tick.due.us <= tick.now.us + 41000000);
}

static void verdict__waits_for_the_database(void **state)
{
    struct ci_tick tick;
    struct ci_err err = {0};
    char name[256];

    (void)state;
    add_message();
    /* What the tick can't write while the row is forbidden to change, it writes later. */
    db_test_sql(db_test.db,
                "ALTER TABLE notifications ADD CONSTRAINT away CHECK (state <> 'sent')");
    assert_false(fixture_try(tick_send, &tick, &err));
    assert_int_equal(1, files("new", name));
    assert_int_equal(1, fixture_count("state = 'sending'"));
    assert_false(fixture_try(tick_send, &tick, &err));
    db_test_sql(db_test.db, "ALTER TABLE notifications DROP CONSTRAINT away");
    assert_ok(fixture_try(tick_send, &tick, &err), err);
    assert_int_equal(1, fixture_count("state = 'sent' AND attempts = 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(claim__is_for_one),
        fixture_test(claim__that_ran_out_is_fenced_off),
        fixture_test(claim__is_renewed_while_the_message_is_sent),
        fixture_test(sender__that_died_before_the_last_byte_is_replaced),
        fixture_test(sender__that_died_after_it_leaves_the_message_unconfirmed),
        fixture_test(committing__begins_the_claim_anew),
        fixture_test(maildir__gets_each_message_once),
        fixture_test(maildir__outlives_the_database),
        fixture_test(maildir__that_is_missing_is_tried_again),
        fixture_test(message__that_is_too_old_fails),
        fixture_test(notifier__that_was_removed_still_sends_what_it_owes),
        fixture_test(tick__asks_to_be_called_when_the_next_is_due),
        fixture_test(verdict__waits_for_the_database),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the ledger says of deliveries, passwords, and deliveries that are read again. */
#include "delivery_test.h"
#include "hooks/allowance.h"
#include "hooks/replay.h"

static void begin(const char *yaml)
{
    db_test_sql(db_test.db,
                "TRUNCATE changes, sourcestamps, config_current, deliveries, replays CASCADE");
    configure(yaml);
}

struct sent {
    const char *dialect, *client, *body;
    struct ci_pair headers[4];
    size_t header_count;
};

static int send_it(const struct sent *sent, void *mem)
{
    const struct ci_pair params[] = {
        {"dialect", sent->dialect}
    };
    const struct ci_request request = {
        .mem = mem,
        .now = ci_time_now(),
        .method = "POST",
        .path = ci_mem_printf(mem, "/change_hook/%s", sent->dialect),
        .client = sent->client ? sent->client : "192.0.2.1",
        .raw = {sent->body,    strlen(sent->body)},
        .params = {params,        1                 },
        .headers = {sent->headers, sent->header_count},
    };
    struct ci_response response = {0};
    struct ci_err err = {0};

    return api_routes[2].handle(&app, &request, &response, &err) ? response.status
                                                                 : ci_status_of(err.code);
}

static int64_t rows(const char *where)
{
    CI_AUTO_MEM mem = ci_mem_new();

    return db_test_number(
        db_test.db, ci_mem_printf(mem, "SELECT count(*) AS n FROM deliveries WHERE %s", where));
}

static const struct sent form = {
    .dialect = "base",
    .body = "revision=r1&branch=main&repository=https://x/app&author=Ada",
    .headers = {{"content-type", "application/x-www-form-urlencoded"}},
    .header_count = 1,
};

static void ledger__tells_new_changes_from_known_ones(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    begin("web_hooks: {base: {}}");
    assert_int_equal(202, send_it(&form, mem));
    assert_int_equal(202, send_it(&form, mem));
    assert_int_equal(1, rows("verdict = 'changes' AND found = 1 AND cardinality(changeids) = 1 AND "
                             "known_changeids = '{}' AND repository = 'https://x/app' AND "
                             "status = 202 AND client = '192.0.2.1' AND body IS NOT NULL"));
    assert_int_equal(1, rows("verdict = 'known' AND found = 1 AND changeids = '{}' AND "
                             "known_changeids = (SELECT array_agg(changeid) FROM changes)"));
}

static void ledger__keeps_what_was_refused(void **state)
{
    static const struct sent off = {.dialect = "github", .body = "{}"};
    static const struct sent odd = {.dialect = "<b>", .body = "\xff\x00"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    begin("web_hooks: {base: {}, gitlab: {secret: s3cret}}");
    assert_int_equal(400, send_it(&off, mem));
    assert_int_equal(400, send_it(&odd, mem));
    assert_int_equal(1, rows("source = 'github' AND verdict = 'refused' AND status = 400 AND "
                             "reason LIKE '%whitelisted%'"));
    assert_int_equal(1, rows("source = 'unknown' AND verdict = 'refused'"));
}

static struct sent gitlab(const char *token, const char *body)
{
    return (struct sent){
        .dialect = "gitlab",
        .body = body,
        .headers = {{"x-gitlab-token", token}, {"x-gitlab-event-uuid", "13792a34"}},
        .header_count = 2,
    };
}

static void ledger__tells_ignored_from_filtered_and_unknown(void **state)
{
    static const char unknown[] = "{\"object_kind\": \"wiki_page\"}";
    static const char skipped[] =
        "{\"object_kind\": \"push\", \"ref\": \"refs/heads/m\", \"repository\": {\"url\": \"u\"}, "
        "\"commits\": [{\"id\": \"a\", \"message\": \"x [skip ci] s3cret\"}]}";
    const struct sent one = gitlab("s3cret", unknown), two = gitlab("s3cret", skipped),
                      bad = gitlab("s3crets", skipped);
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    begin("web_hooks: {gitlab: {secret: s3cret}}");
    assert_int_equal(200, send_it(&one, mem));
    assert_int_equal(202, send_it(&two, mem));
    assert_int_equal(400, send_it(&bad, mem));
    assert_int_equal(1, rows("verdict = 'ignored' AND status = 200 AND event = 'wiki_page' AND "
                             "reason = 'unknown event: wiki_page'"));
    assert_int_equal(1, rows("verdict = 'filtered' AND external_id = '13792a34' AND "
                             "reason = 'the message asks to be skipped'"));
    assert_int_equal(1, rows("verdict = 'refused' AND reason = 'Invalid secret'"));
    assert_int_equal(0, rows("request::text LIKE '%s3cret%'"));
}

static void password__is_asked_for_by_every_dialect(void **state)
{
    struct sent sent = form;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    begin("web_hooks: {base: {}, auth: {user: forge, password: s3cret}}");
    assert_int_equal(401, send_it(&sent, mem));
    sent.headers[sent.header_count++] =
        (struct ci_pair){"authorization", "Basic Zm9yZ2U6d3Jvbmc="}; /* forge:wrong */
    assert_int_equal(401, send_it(&sent, mem));
    sent.headers[1].value = "Basic Zm9yZ2U6czNjcmV0"; /* forge:s3cret */
    assert_int_equal(202, send_it(&sent, mem));
    assert_int_equal(2, rows("verdict = 'refused' AND status = 401"));
    assert_int_equal(0, rows("request::text LIKE '%Zm9y%'"));
}

/* An open hook can't fill the database; what proves itself is always kept. */
static void allowance__bounds_what_anybody_sends(void **state)
{
    const struct sent proven = gitlab("s3cret", "{\"object_kind\": \"wiki_page\"}"),
                      refused = {.dialect = "gogs", .client = "198.51.100.7", .body = "{}"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    begin("web_hooks: {gitlab: {secret: s3cret}}");
    for (int i = 0; i < 3 * ALLOWANCE_CLIENT; i++) {
        assert_int_equal(400, send_it(&refused, mem));
        assert_int_equal(200, send_it(&proven, mem));
    }
    assert_in_range(rows("verdict = 'refused'"), 1, 2 * ALLOWANCE_CLIENT); /* a minute may end */
    assert_int_equal(3 * ALLOWANCE_CLIENT, rows("verdict = 'ignored'"));
}

static void allowance__counts_by_client_and_in_all(void **state)
{
    static struct allowance allowance = ALLOWANCE_INIT;
    struct ci_time now = {INT64_C(1767614400) * 1000000};
    int taken = 0;

    (void)state;
    for (int i = 0; i < 2 * ALLOWANCE_CLIENT; i++)
        taken += allowance_take(&allowance, "192.0.2.1", now);
    assert_int_equal(ALLOWANCE_CLIENT, taken);
    assert_true(allowance_take(&allowance, "192.0.2.2", now));
    now.us += 60000000;
    assert_true(allowance_take(&allowance, "192.0.2.1", now));
    for (int i = 0; i < 1000; i++) {
        CI_AUTO_MEM mem = ci_mem_new();

        taken +=
            allowance_take(&allowance, ci_mem_printf(mem, "10.0.%d.%d", i / 250, i % 250), now);
    }
    assert_int_equal(ALLOWANCE_ALL, taken + 2);
    now.us += INT64_C(3600000000);
    assert_true(allowance_take(&allowance, NULL, now));
}

static bool tick(void)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_tick one = {.mem = mem, .now = ci_time_now()};
    struct ci_err err = {0};

    assert_ok(tick_replay(&app, &one, &err), err);
    return one.again;
}

static void ask_for_replays(void)
{
    db_test_sql(db_test.db,
                "INSERT INTO replays (deliveryid, requested_by) SELECT deliveryid, 'ada'"
                " FROM deliveries WHERE replay_of IS NULL ON CONFLICT DO NOTHING");
}

static void replay__reads_by_the_configuration_in_force(void **state)
{
    const struct sent push =
        gitlab("wrong", "{\"object_kind\": \"push\", \"ref\": \"refs/heads/m\", \"repository\": "
                        "{\"url\": \"u\"}, \"commits\": [{\"id\": \"a\", \"message\": \"x\"}]}");
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    begin("web_hooks: {gitlab: {secret: s3cret}}");
    assert_int_equal(400, send_it(&push, mem));
    assert_false(tick());
    ask_for_replays();
    assert_true(tick());
    assert_false(tick());
    assert_int_equal(1,
                     rows("verdict = 'changes' AND replay_of IS NOT NULL AND replay_of = "
                          "(SELECT min(deliveryid) FROM deliveries) AND external_id = '13792a34'"));
    ask_for_replays();
    assert_true(tick());
    assert_int_equal(1, rows("verdict = 'known' AND replay_of IS NOT NULL"));
    configure("web_hooks: {base: {}}");
    ask_for_replays();
    assert_true(tick());
    assert_int_equal(1, rows("verdict = 'refused' AND replay_of IS NOT NULL"));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM changes"));
    assert_int_equal(0, db_test_number(db_test.db, "SELECT count(*) AS n FROM replays"));
}

/* One whose row can't be understood is not in the way of others. */
static void replay__gives_up_what_was_not_kept(void **state)
{
    (void)state;
    begin("web_hooks: {base: {}}");
    db_test_sql(db_test.db, "INSERT INTO deliveries (kind, source, verdict, request, body) VALUES"
                            " ('hook', 'base', 'refused', '{}', NULL),"
                            " ('hook', 'base', 'refused', '{\"method\": \"GET\", \"path\": \"/\"}',"
                            " 'no zstd')");
    ask_for_replays();
    assert_true(tick());
    assert_true(tick());
    assert_false(tick());
    assert_int_equal(0, db_test_number(db_test.db, "SELECT count(*) AS n FROM replays"));
}

static void poller__is_poked_and_told(void **state)
{
    static const struct sent all = {.dialect = "poller", .body = ""};
    static const struct sent none = {
        .dialect = "poller",
        .body = "poller=nobody&poller=other",
        .headers = {{"content-type", "application/x-www-form-urlencoded"}},
        .header_count = 1};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    begin("web_hooks: {poller: {allowed: [app]}}\n"
          "change_sources:\n"
          "  - {type: git_poller, name: app, repository: 'https://x/app'}\n"
          "  - {type: git_poller, name: other, repository: 'https://x/other'}\n");
    db_test_sql(db_test.db, "UPDATE pollers SET due_at = now() + interval '1 hour'");
    assert_int_equal(202, send_it(&all, mem));
    assert_int_equal(400, send_it(&none, mem));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM pollers WHERE "
                                                   "due_at <= now() AND name = 'app'"));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM pollers WHERE "
                                                   "due_at > now() AND name = 'other'"));
    assert_int_equal(1, rows("verdict = 'ignored' AND reason = 'poked app'"));
    assert_int_equal(1, rows("reason = 'Could not find pollers: nobody,other'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ledger__tells_new_changes_from_known_ones),
        cmocka_unit_test(ledger__keeps_what_was_refused),
        cmocka_unit_test(ledger__tells_ignored_from_filtered_and_unknown),
        cmocka_unit_test(password__is_asked_for_by_every_dialect),
        cmocka_unit_test(allowance__bounds_what_anybody_sends),
        cmocka_unit_test(allowance__counts_by_client_and_in_all),
        cmocka_unit_test(replay__reads_by_the_configuration_in_force),
        cmocka_unit_test(replay__gives_up_what_was_not_kept),
        cmocka_unit_test(poller__is_poked_and_told),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger: what its rows say and, above all, what they don't. */
#include "changes_sql.h"
#include "db_test.h"
#include "hooks/sender.h"
#include "ledger.h"
#include "ledger_kept.h"
#include "store.h"

static int clean(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "TRUNCATE deliveries, replays CASCADE");
    return 0;
}

static const struct ci_delivery *add(const struct ledger_entry *entry, void *mem)
{
    struct ci_delivery *out = NULL;
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ledger_add(&tx, entry, mem, &out, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return out;
}

static void add_poll(enum ledger_verdict verdict, const char *reason)
{
    const struct ledger_entry entry = {
        .kind = "poll", .source = "app", .verdict = verdict, .reason = reason};
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ledger_add_poll(&tx, &entry, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
}

static void sql__statements_fit_the_schema(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_check_record(db_test.db, &sql_delivery_add, &ci_delivery_record, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_sender_take, &sender_record, &err), err);
    assert_ok(ci_db_check_record(db_test.db, &sql_change_known, &known_changes_record, &err), err);
}

static void entry__comes_back_as_the_resource(void **state)
{
    static const int64_t ids[] = {7, 8};
    const struct ledger_entry entry = {
        .kind = "hook",
        .source = "github",
        .event = "push",
        .external_id = "72d3162e",
        .repository = "https://github.com/octo/app",
        .client = "192.0.2.1",
        .verdict = LEDGER_CHANGES,
        .status = 202,
        .found = 3,
        .changeids = {ids, 2},
        .known_changeids = {ids, 1},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_delivery *row = add(&entry, mem);

    (void)state;
    assert_true(row->deliveryid > 0);
    assert_true(row->received_at.us > 0);
    assert_string_equal("changes", row->verdict);
    assert_string_equal("push", row->event);
    assert_int_equal(202, row->status.value);
    assert_int_equal(3, row->found);
    assert_int_equal(2, row->changeids.count);
    assert_int_equal(1, row->known_changeids.count);
    assert_int_equal(1, row->repeated);
    assert_false(row->replay_of.set);
    assert_false(row->replayable);
    assert_null(row->reason);
}

static void texts__are_cleaned_and_cut(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ledger_entry entry = {
        .kind = "hook",
        .source = "github",
        .event = "\xff<b>",
        .external_id = ci_mem_printf(mem, "%0500d", 7),
        .reason = ci_mem_printf(mem, "%0999d\xc3\xa9", 7),
        .verdict = LEDGER_REFUSED,
        .status = 400,
    };
    const struct ci_delivery *row = add(&entry, mem);

    (void)state;
    assert_string_equal("\xef\xbf\xbd<b>", row->event);
    assert_int_equal(200, strlen(row->external_id));
    assert_int_equal(999, strlen(row->reason));
}

static void polls__that_tell_the_same_are_one_row(void **state)
{
    (void)state;
    add_poll(LEDGER_IDLE, NULL);
    add_poll(LEDGER_IDLE, NULL);
    add_poll(LEDGER_IDLE, NULL);
    add_poll(LEDGER_FAILED, "no route");
    add_poll(LEDGER_FAILED, "no route");
    add_poll(LEDGER_FAILED, "not found");
    add_poll(LEDGER_CHANGES, NULL);
    add_poll(LEDGER_CHANGES, NULL);
    add_poll(LEDGER_IDLE, NULL);
    assert_int_equal(6, db_test_number(db_test.db, "SELECT count(*) AS n FROM deliveries"));
    assert_int_equal(
        9, db_test_number(db_test.db, "SELECT sum(repeated)::bigint AS n FROM deliveries"));
    assert_int_equal(3, db_test_number(db_test.db, "SELECT repeated::bigint AS n FROM deliveries "
                                                   "ORDER BY deliveryid LIMIT 1"));
}

static const struct ci_pair headers[] = {
    {"content-type",        "application/json" },
    {"user-agent",          "GitHub-Hookshot/1"},
    {"x-github-event",      "push"             },
    {"x-gitlab-event-uuid", "13792a34"         },
    {"x-gitlab-token",      "s3cret"           },
    {"authorization",       "Basic czNjcmV0"   },
    {"cookie",              "s3cret"           },
    {"x-hub-signature-256", "sha256=s3cret"    },
    {"x-hub-signature",     "sha1=s3cret"      },
    {"x-gitea-signature",   "s3cret"           },
    {"x-api-key",           "s3cret"           },
    {"proxy-authorization", "s3cret"           },
};
static const struct ci_pair query[] = {
    {"poller", "a"          },
    {"token",  "s3cret"     },
    {"poller", "b"          },
    {"author", "Ada\xff & B"},
};

static void request__is_kept_without_secrets(void **state)
{
    static const char body[] = "{\"secret\": \"s3cret\", \"again\": \"s3crets3cret\", \"x\": 1}";
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_request request = {
        .mem = mem,
        .method = "POST",
        .path = "/change_hook/github",
        .raw = {body,    sizeof(body) - 1 },
        .headers = {headers, CI_COUNT(headers)},
        .query = {query,   CI_COUNT(query)  },
    };
    const struct ledger_entry entry = {.request = &request, .secret = "s3cret"};
    const struct ledger_kept kept = ledger_keep(&entry, mem);
    char *text = json_dumps(kept.request, 0);
    struct ci_request again;
    struct ci_err err = {0};

    (void)state;
    assert_null(strstr(text, "s3cret"));
    assert_null(strstr(text, "czNj"));
    free(text);
    assert_int_equal(sizeof(body) - 1, kept.bytes);
    assert_ok(ledger_request(kept.request, kept.packed, mem, &again, &err), err);
    assert_string_equal("push", ci_request_header(&again, "x-github-event"));
    assert_string_equal("13792a34", ci_request_header(&again, "x-gitlab-event-uuid"));
    assert_null(ci_request_header(&again, "x-gitlab-token"));
    assert_null(ci_request_query(&again, "token"));
    assert_int_equal(3, again.query.count);
    assert_string_equal("b", again.query.items[1].value);
    assert_string_equal("Ada\xef\xbf\xbd & B", ci_request_query(&again, "author"));
    assert_string_equal("{\"secret\": \"******\", \"again\": \"************\", \"x\": 1}",
                        again.raw.data);
}

/* What is kept of a body when the secret is s3/"c&t; NULL: nothing. */
static const char *kept_of(const char *body, void *mem)
{
    static const struct ci_pair form = {"content-type", "application/x-www-form-urlencoded"};
    const struct ci_request request = {
        .mem = mem,
        .method = "POST",
        .path = "/change_hook/gogs",
        .headers = {&form, 1           },
        .raw = {body,  strlen(body)}
    };
    const struct ledger_entry entry = {.request = &request, .secret = "s3/\"c&t"};
    const struct ledger_kept kept = ledger_keep(&entry, mem);
    struct ci_request again;
    struct ci_err err = {0};

    if (kept.packed.len == 0)
        return NULL;
    assert_ok(ledger_request(kept.request, kept.packed, mem, &again, &err), err);
    return again.raw.data;
}

static void request__hides_the_secret_however_it_is_written(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("a=*******", kept_of("a=s3/\"c&t", mem));
    assert_string_equal("{\"s\": \"********\"}", kept_of("{\"s\": \"s3/\\\"c&t\"}", mem));
    assert_string_equal("{\"s\": \"*********\"}", kept_of("{\"s\": \"s3\\/\\\"c&t\"}", mem));
    assert_string_equal("payload=%22****************%22",
                        kept_of("payload=%22s3%2F%5C%22c%26t%22", mem));
    assert_null(kept_of("payload=%22s3%2f%5c%22c%26t%22", mem));
    assert_null(kept_of("payload=%73%33/%22c%26t", mem));
    assert_string_equal("payload=%73%33", kept_of("payload=%73%33", mem));
}

static void request__with_an_endless_body(void **state)
{
    static char body[LEDGER_BODY + 1];
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_request request = {
        .mem = mem, .method = "POST", .path = "/change_hook/base", .raw = {body, sizeof(body)}
    };
    struct ledger_entry entry = {
        .kind = "hook", .source = "base", .request = &request, .verdict = LEDGER_CHANGES};

    (void)state;
    assert_false(add(&entry, mem)->replayable);
    request.raw.len--;
    assert_true(add(&entry, mem)->replayable);
    entry.verdict = LEDGER_REFUSED;
    assert_false(add(&entry, mem)->replayable);
    entry.proven = true;
    assert_true(add(&entry, mem)->replayable);
    entry.proven = false;
    request.raw.len = LEDGER_BODY_SMALL;
    assert_true(add(&entry, mem)->replayable);
    assert_int_equal(LEDGER_BODY_SMALL, add(&entry, mem)->body_bytes);
}

static void entry__names_the_projects_of_its_changes_and_its_repository(void **state)
{
    static const int64_t made[] = {1}, known[] = {2};
    struct ledger_entry entry = {.kind = "hook", .source = "base", .verdict = LEDGER_REFUSED};
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_delivery *row;

    (void)state;
    db_test_sql(db_test.db, "TRUNCATE changes, sourcestamps CASCADE");
    db_test_sql(db_test.db, "INSERT INTO sourcestamps (ssid) OVERRIDING SYSTEM VALUE VALUES (1)");
    db_test_sql(db_test.db,
                "INSERT INTO changes (changeid, ssid, author, revision, repository, project,"
                " when_timestamp, source) OVERRIDING SYSTEM VALUE"
                " VALUES (1, 1, 'a', '1', 'one', 'made', now(), 's'),"
                " (2, 1, 'a', '2', 'two', 'known', now(), 's'),"
                " (3, 1, 'a', '3', 'r', 'had', now(), 's'), (4, 1, 'a', '4', 'r', 'had', now(), "
                "'s'), (5, 1, 'a', '5', 'r', '', now(), 's'), (6, 1, 'a', '6', 's', 'other', "
                "now(), 's')");
    assert_int_equal(0, add(&entry, mem)->projects.count);
    entry.repository = "unheard of";
    assert_int_equal(0, add(&entry, mem)->projects.count);
    entry.repository = "r";
    entry.changeids = (struct ci_i64s){made, 1};
    entry.known_changeids = (struct ci_i64s){known, 1};
    row = add(&entry, mem);
    assert_int_equal(4, row->projects.count);
    assert_string_equal("", row->projects.items[0]);
    assert_string_equal("had", row->projects.items[1]);
    assert_string_equal("known", row->projects.items[2]);
    assert_string_equal("made", row->projects.items[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sql__statements_fit_the_schema, clean),
        cmocka_unit_test_setup(entry__comes_back_as_the_resource, clean),
        cmocka_unit_test_setup(texts__are_cleaned_and_cut, clean),
        cmocka_unit_test_setup(polls__that_tell_the_same_are_one_row, clean),
        cmocka_unit_test_setup(request__is_kept_without_secrets, clean),
        cmocka_unit_test_setup(request__hides_the_secret_however_it_is_written, clean),
        cmocka_unit_test_setup(request__with_an_endless_body, clean),
        cmocka_unit_test_setup(entry__names_the_projects_of_its_changes_and_its_repository, clean),
    };

    return cmocka_run_group_tests(tests, db_test_open, db_test_close);
}

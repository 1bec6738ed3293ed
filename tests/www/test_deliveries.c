/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger over REST: lists, bodies, replays. */
#include "shared/compress.h"
#include "world.h"

static int64_t delivery(const char *columns, const char *values)
{
    db_test_sql(db_test.db,
                ci_mem_printf(world.mem,
                              "INSERT INTO deliveries (kind, source, verdict%s) VALUES (%s)",
                              columns, values));
    return db_test_number(db_test.db, "SELECT max(deliveryid) AS n FROM deliveries");
}

static size_t count(const char *path)
{
    struct answer answer = world_get(path);

    assert_int_equal(200, answer.status);
    return json_array_size(json_object_get(answer.json, "deliveries"));
}

static void deliveries__are_listed_and_filtered(void **state)
{
    int64_t id;

    (void)state;
    db_test_sql(db_test.db, "TRUNCATE deliveries CASCADE");
    id = delivery(", event, repository, status, found, changeids, external_id",
                  "'hook', 'github', 'changes', 'push', 'https://a', 202, 1, '{1}', 'abc'");
    (void)delivery(", known_changeids, reason", "'hook', 'base', 'known', '{1}', 'why'");
    (void)delivery(", repeated", "'poll', 'app', 'idle', 7");
    assert_int_equal(3, count("deliveries"));
    assert_int_equal(1, count("deliveries?source=github"));
    assert_int_equal(1, count("deliveries?verdict=idle"));
    assert_int_equal(2, count("deliveries?kind=hook"));
    assert_int_equal(1, count("deliveries?external_id=abc"));
    assert_int_equal(1, count("deliveries?repository=https://a"));
    assert_int_equal(3, count("deliveries?received_at__gt=1000&order=-received_at"));
    assert_int_equal(2, count("changes/1/deliveries"));
    assert_int_equal(0, count("changes/99/deliveries"));
    assert_int_equal(1, count(ci_mem_printf(world.mem, "deliveries/%lld", (long long)id)));
    json_t *row = json_array_get(
        json_object_get(world_get(ci_mem_printf(world.mem, "deliveries/%lld", (long long)id)).json,
                        "deliveries"),
        0);
    assert_string_equal("push", json_string_value(json_object_get(row, "event")));
    assert_true(json_is_null(json_object_get(row, "reason")));
    assert_true(json_is_false(json_object_get(row, "replayable")));
    assert_null(json_object_get(row, "client"));
    assert_null(json_object_get(row, "request"));
}

static struct answer body_of(int64_t id, bool admin)
{
    struct ci_request request = world_request(
        "GET", ci_mem_printf(world.mem, "/api/v2/deliveries/%lld/body", (long long)id));

    world_header(&request, "accept", "application/json");
    if (admin)
        world_header(&request, "authorization", "Bearer the-token");
    return world_call(rest_get, &request);
}

static int64_t delivery_of(const void *bytes, size_t len)
{
    const struct ci_bytes packed = ci_compress(world.mem, (struct ci_bytes){bytes, len});
    struct ci_buf hex;

    ci_buf_init(&hex, world.mem);
    for (size_t i = 0; i < packed.len; i++)
        ci_buf_printf(&hex, "%02x", ((const unsigned char *)packed.data)[i]);
    return delivery(
        ", client, request, body, body_bytes",
        ci_mem_printf(world.mem,
                      "'hook', 'base', 'refused', '192.0.2.9', '{\"method\": \"POST\"}', "
                      "'\\x%s', %zu",
                      hex.text, len));
}

static void bodies__are_for_who_reads_the_audit_log(void **state)
{
    int64_t text = delivery_of("{\"a\": 1}", 8), binary = delivery_of("\xff\x00", 2);
    json_t *row;

    (void)state;
    assert_int_equal(401, body_of(text, false).status);
    row = json_array_get(json_object_get(body_of(text, true).json, "delivery_bodies"), 0);
    assert_string_equal("{\"a\": 1}", json_string_value(json_object_get(row, "body")));
    assert_string_equal("text", json_string_value(json_object_get(row, "body_encoding")));
    assert_string_equal("192.0.2.9", json_string_value(json_object_get(row, "client")));
    row = json_array_get(json_object_get(body_of(binary, true).json, "delivery_bodies"), 0);
    assert_string_equal("/wA=", json_string_value(json_object_get(row, "body")));
    assert_int_equal(404, body_of(987654, true).status);
}

static void replay__is_a_row_however_often(void **state)
{
    int64_t whole = delivery_of("{}", 2), poll = delivery("", "'poll', 'app', 'failed'");
    const char *path = ci_mem_printf(world.mem, "deliveries/%lld", (long long)whole);

    (void)state;
    db_test_sql(db_test.db, "DELETE FROM replays");
    assert_int_equal(200, world_post(path, "replay", "{}").status);
    assert_int_equal(200, world_post(path, "replay", "{}").status);
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM replays"));
    assert_int_equal(2, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE action = "
                                                   "'replay' AND outcome = 'done'"));
    path = ci_mem_printf(world.mem, "deliveries/%lld", (long long)poll);
    assert_int_equal(409, world_post(path, "replay", "{}").status);
    assert_int_equal(404, world_post("deliveries/987654", "replay", "{}").status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(deliveries__are_listed_and_filtered),
        world_test(bodies__are_for_who_reads_the_audit_log),
        world_test(replay__is_a_row_however_often),
    };

    return cmocka_run_group_tests_name("www.deliveries", tests, world_open, world_close);
}

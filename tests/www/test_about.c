/* SPDX-License-Identifier: Apache-2.0 */
/* GET about, the processes that were heard of, and when schedulers fire. */
#include "about/about_api.h"
#include "about/replicas.h"
#include "world.h"

static const struct identity reader = {

    .kind = IDENTITY_SESSION, .username = "ann", .scopes = IDENTITY_ALL_SCOPES};

static struct answer ask(const struct identity *who)
{
    struct ci_request request = world_request("GET", "/api/v2/about");

    request.who = world_who(who);
    world_header(&request, "accept", "application/json");
    return world_call(about_get, &request);
}

static struct ci_replica replica(const char *service, int64_t pid, int seconds_ago)
{
    return (struct ci_replica){
        .service = service,
        .version = "1.2.3",
        .host = "node-7",
        .pid = pid,
        .started_at = {(WORLD_NOW - 5000) * 1000000LL},
        .at = {(WORLD_NOW - seconds_ago) * 1000000LL},
    };
}

static json_t *replicas_of(struct answer answer)
{
    return json_object_get(answer.json, "replicas");
}

static json_t *replica_of(struct answer answer, const char *service)
{
    json_t *row;
    size_t i;

    json_array_foreach(replicas_of(answer), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "service")), service) == 0)
            return row;
    }
    return NULL;
}

static int begin(void **state)
{
    struct ci_err err = {0};

    world_begin(state);
    replicas_free(world.www.replicas);
    ci_replica_begin("www", (struct ci_time){(WORLD_NOW - 100) * 1000000LL});
    assert_ok(replicas_start(world.app.bus, &world.www.replicas, &err), err);
    return 0;
}

static void about__tells_admins_of_the_database(void **state)
{
    struct answer answer = ask(&world_admin);
    json_t *store = json_object_get(answer.json, "store");

    (void)state;
    assert_int_equal(200, answer.status);
    assert_int_equal(3, json_integer_value(json_object_get(store, "builders")));
    assert_true(json_integer_value(json_object_get(store, "size_bytes")) > 0);
    assert_true(json_integer_value(json_object_get(store, "migration")) >= 7);
    assert_true(json_is_null(json_object_get(store, "lag_s")));
    assert_true(json_is_false(json_object_get(answer.json, "bus_connected")));
    assert_true(json_is_null(json_object_get(answer.json, "history_events")));
}

static void about__tells_others_of_versions_alone(void **state)
{
    struct ci_replica other = replica("builder", 17, 1);

    (void)state;
    replicas_note(world.www.replicas, &other);
    struct answer answer = ask(&reader);
    json_t *row = replica_of(answer, "builder");

    assert_int_equal(200, answer.status);
    assert_true(json_is_null(json_object_get(answer.json, "store")));
    assert_string_equal("1.2.3", json_string_value(json_object_get(row, "version")));
    assert_true(json_is_null(json_object_get(row, "host")));
    assert_null(strstr(answer.text, "node-7"));
    assert_string_equal("node-7", json_string_value(json_object_get(
                                      replica_of(ask(&world_admin), "builder"), "host")));
}

static void replicas__are_alive_silent_and_forgotten(void **state)
{
    struct ci_replica fresh = replica("builder", 1, REPLICAS_SILENT_S),
                      silent = replica("changes", 2, REPLICAS_SILENT_S + 1),
                      forgotten = replica("notifier", 3, REPLICAS_FORGOTTEN_S + 1);

    (void)state;
    replicas_note(world.www.replicas, &fresh);
    replicas_note(world.www.replicas, &fresh);
    replicas_note(world.www.replicas, &silent);
    replicas_note(world.www.replicas, &forgotten);
    struct answer answer = ask(&world_admin);

    assert_int_equal(3, json_array_size(replicas_of(answer)));
    assert_true(json_is_true(json_object_get(replica_of(answer, "builder"), "alive")));
    assert_true(json_is_false(json_object_get(replica_of(answer, "changes"), "alive")));
    assert_true(json_is_true(json_object_get(replica_of(answer, "www"), "own")));
    assert_true(json_is_true(json_object_get(replica_of(answer, "www"), "alive")));
}

static void replicas__are_so_many_at_most(void **state)
{
    (void)state;
    for (int i = 1; i <= 2 * REPLICAS_MOST; i++) {
        struct ci_replica one = replica("builder", i, 0);

        replicas_note(world.www.replicas, &one);
    }
    assert_int_equal(REPLICAS_MOST, json_array_size(replicas_of(ask(&world_admin))));
}

static void replicas__believe_nothing_odd(void **state)
{
    static const char *const odd[] = {
        "",
        "{}",
        "[1]",
        "{\"service\": \"www\"}",
        "{\"service\": \"\", \"version\": \"1\", \"host\": \"h\", \"pid\": 1, \"started_at\": 1, \"at\": 1}",
        "{\"service\": \"www\", \"version\": \"1\", \"host\": \"h\", \"pid\": \"1\", \"started_at\": 1, \"at\": 1}",
        "{\"service\": \"www\", \"version\": \"1\", \"host\": \"h\", \"pid\": -1, \"started_at\": 1, \"at\": 1}",
    };
    struct ci_replica out;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(odd); i++)
        assert_false(ci_replica_read(odd[i], strlen(odd[i]), world.mem, &out));
    const char *good = "{\"service\": \"www\", \"version\": \"1\", \"host\": \"h\", \"pid\": 1, "
                       "\"started_at\": 1, \"at\": 2000000, \"later\": true}";
    assert_true(ci_replica_read(good, strlen(good), world.mem, &out));
    assert_int_equal(2000000, out.at.us);
}

static void schedulers__say_when_they_fire(void **state)
{
    json_t *row;

    (void)state;
    db_test_sql(db_test.db,
                "INSERT INTO scheduler_timers SELECT schedulerid, '', to_timestamp(1700000900) "
                "FROM schedulers WHERE name = 'main'");
    db_test_sql(db_test.db,
                "INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests) "
                "VALUES ('r', 'main', to_timestamp(1700000100), 0)");
    row = world_first(world_get("schedulers?name=main"), "schedulers");
    assert_string_equal("single_branch", json_string_value(json_object_get(row, "type")));
    assert_string_equal(
        "linux", json_string_value(json_array_get(json_object_get(row, "builder_names"), 0)));
    assert_int_equal(1700000900, json_integer_value(json_object_get(row, "next_fire_at")));
    assert_int_equal(1700000100, json_integer_value(json_object_get(row, "last_fired_at")));
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false WHERE name = 'main'");
    row = world_first(world_get("schedulers?name=main"), "schedulers");
    assert_true(json_is_null(json_object_get(row, "next_fire_at")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(about__tells_admins_of_the_database, begin, world_end),
        cmocka_unit_test_setup_teardown(about__tells_others_of_versions_alone, begin, world_end),
        cmocka_unit_test_setup_teardown(replicas__are_alive_silent_and_forgotten, begin, world_end),
        cmocka_unit_test_setup_teardown(replicas__are_so_many_at_most, begin, world_end),
        cmocka_unit_test_setup_teardown(replicas__believe_nothing_odd, begin, world_end),
        world_test(schedulers__say_when_they_fire),
    };

    return cmocka_run_group_tests(tests, world_open, world_close);
}

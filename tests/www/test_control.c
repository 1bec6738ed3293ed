/* SPDX-License-Identifier: Apache-2.0 */
/* Control calls: the envelope, the right to call, and what each changes in the database. */
#include "world.h"

#define assert_number(wanted, sql) assert_int_equal((wanted), db_test_number(db_test.db, (sql)))

/* Posts `text` to builds/3 as it is. */
static struct answer post_raw(const char *type, const char *text, const char *token)
{
    struct ci_request request = world_request("POST", "/api/v2/builds/3");

    if (type)
        world_header(&request, "content-type", type);
    if (token)
        world_header(&request, "authorization", ci_mem_printf(world.mem, "Bearer %s", token));
    world_body(&request, text);
    return world_call(control_post, &request);
}

static void assert_error(struct answer answer, int status, int code, const char *message)
{
    json_t *error = json_object_get(answer.json, "error");
    const char *text = json_string_value(json_object_get(error, "message"));

    assert_int_equal(status, answer.status);
    assert_int_equal(code, json_integer_value(json_object_get(error, "code")));
    assert_string_equal("2.0", json_string_value(json_object_get(answer.json, "jsonrpc")));
    assert_non_null(text);
    assert_memory_equal(message, text, strlen(message));
}

static void rpc__refuses_a_bad_envelope(void **state)
{
    static const char json[] = "application/json";
    static const struct {
        const char *type, *text, *message;
        int code;
    } cases[] = {
        {"text/plain", "{}",                                                             "Invalid content-type (use application/json)", -32600},
        {NULL,         "{}",                                                             "Invalid content-type (use application/json)", -32600},
        {json,         "{",                                                              "JSON parse error: ",                          -32700},
        {json,         "",                                                               "JSON parse error: ",                          -32700},
        {json,         "[]",                                                             "JSONRPC batch requests are not supported",    -32600},
        {json,         "7",                                                              "JSONRPC root object must be an object",       -32600},
        {json,         "{}",                                                             "missing key 'jsonrpc'",                       -32600},
        {json,         "{\"jsonrpc\":\"2.0\",\"id\":1,\"params\":{}}",                   "missing key 'method'",                        -32600},
        {json,         "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{}}",           "missing key 'id'",                            -32600},
        {json,         "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1}",                "missing key 'params'",                        -32600},
        {json,         "{\"jsonrpc\":2,\"method\":\"m\",\"id\":1,\"params\":{}}",
         "'jsonrpc' must be a string",                                                                                                  -32600},
        {json,         "{\"jsonrpc\":\"2.0\",\"method\":1,\"id\":1,\"params\":{}}",
         "'method' must be a string",                                                                                                   -32600},
        {json,         "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":[],\"params\":{}}",
         "'id' must be a string, number, or null",                                                                                      -32600},
        {json,         "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1,\"params\":[]}",
         "'params' must be an object",                                                                                                  -32600},
        {json,         "{\"jsonrpc\":\"1.0\",\"method\":\"m\",\"id\":1,\"params\":{}}",
         "only JSONRPC 2.0 is supported",                                                                                               -32600},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_error(post_raw(cases[i].type, cases[i].text, "the-token"), 400, cases[i].code,
                     cases[i].message);
}

static void rpc__needs_the_admin(void **state)
{
    static const char call[] =
        "{\"jsonrpc\":\"2.0\",\"method\":\"stop\",\"id\":\"x\",\"params\":{}}";
    struct answer answer = post_raw("application/json; charset=utf-8", call, NULL);

    (void)state;
    assert_error(answer, 401, -32600, "you need to have role 'admins'");
    assert_string_equal("x", json_string_value(json_object_get(answer.json, "id")));
    assert_error(post_raw("application/json", call, "the-tokem"), 401, -32600, "the token is not");
    assert_error(post_raw("application/json", call, ""), 401, -32600, "");
    assert_number(0, "SELECT count(*) AS n FROM builds WHERE stop_reason IS NOT NULL");
}

static void rpc__refuses_unknown_paths_and_actions(void **state)
{
    (void)state;
    assert_error(world_post("nothing/1", "stop", "{}"), 404, -32600, "Invalid path: nothing/1");
    assert_error(world_post("builds/3", "fly", "{}"), 501, -32601, "action: fly is not supported");
    assert_error(world_post("builds", "stop", "{}"), 501, -32601, "action: stop is not supported");
    assert_error(world_post("changes/1", "stop", "{}"), 501, -32601, "action: ");
    assert_error(world_post("builds/77", "stop", "{}"), 404, -32600, "no such resource");
}

static void build__is_asked_to_stop_once(void **state)
{
    (void)state;
    struct answer answer = world_post("builders/linux/builds/3", "stop", "{\"reason\":\"enough\"}");

    assert_string_equal("{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":null}", answer.text);
    assert_int_equal(200, world_post("builds/3", "stop", "{}").status);
    assert_int_equal(200, world_post("builds/1", "stop", "{}").status);
    assert_number(1, "SELECT count(*) AS n FROM builds WHERE stop_reason = 'enough' AND "
                     "stop_at = to_timestamp(1700000000)");
    assert_number(1, "SELECT count(*) AS n FROM builds WHERE stop_reason IS NOT NULL");
}

static void build__is_rebuilt_from_the_same_sources(void **state)
{
    json_t *result, *requests;
    char sql[300];

    (void)state;
    result = json_object_get(world_post("builds/2", "rebuild", "{}").json, "result");
    json_int_t bsid = json_integer_value(json_array_get(result, 0));
    requests = json_array_get(result, 1);
    assert_int_equal(1, json_object_size(requests));
    assert_true(json_is_integer(json_object_get(requests, "1")));
    snprintf(sql, sizeof(sql),
             "SELECT count(*) AS n FROM buildsets JOIN buildset_sourcestamps USING (bsid) JOIN "
             "buildset_changes c USING (bsid) WHERE bsid = %lld AND ssid = 2 AND c.changeid = 2 "
             "AND reason = 'rebuild' AND rebuilt_buildid = 2 AND scheduler = 'rebuild' AND "
             "properties ? 'branch'",
             (long long)bsid);
    assert_number(1, sql);
}

static void request__is_cancelled_and_moved(void **state)
{
    (void)state;
    assert_int_equal(200, world_post("buildrequests/4", "set_priority", "{\"priority\":7}").status);
    assert_number(7, "SELECT priority AS n FROM buildrequests WHERE buildrequestid = 4");
    assert_error(world_post("buildrequests/4", "set_priority", "{\"priority\":\"7\"}"), 400, -32602,
                 "priority must be an integer");
    assert_int_equal(200, world_post("buildrequests/4", "cancel", "{}").status);
    assert_int_equal(200, world_post("buildrequests/5", "cancel", "{}").status);
    assert_number(4, "SELECT sum(buildrequestid)::bigint AS n FROM buildrequests WHERE "
                     "cancel_reason = 'no reason'");
}

static void worker__is_paused_stopped_and_killed(void **state)
{
    (void)state;
    assert_int_equal(200, world_post("workers/w1", "pause", "{\"reason\":\"disk\"}").status);
    assert_number(1, "SELECT workerid AS n FROM workers WHERE paused AND pause_reason = 'disk'");
    assert_int_equal(200, world_post("workers/1", "unpause", "{}").status);
    assert_number(0, "SELECT count(*) AS n FROM workers WHERE paused OR pause_reason IS NOT NULL");
    assert_int_equal(200, world_post("masters/1/workers/w1", "stop", "{}").status);
    assert_number(1, "SELECT workerid AS n FROM workers WHERE graceful");
    assert_int_equal(200, world_post("builders/1/workers/1", "kill", "{}").status);
    assert_number(1, "SELECT workerid AS n FROM workers WHERE killed");
}

static void scheduler__is_switched(void **state)
{
    (void)state;
    assert_int_equal(200, world_post("schedulers/1", "enable", "{\"enabled\":false}").status);
    assert_number(1, "SELECT count(*) AS n FROM schedulers WHERE NOT enabled");
    assert_error(world_post("schedulers/1", "enable", "{\"enabled\":1}"), 400, -32602, "enabled");
    assert_int_equal(200, world_post("schedulers/1", "enable", "{\"enabled\":true}").status);
}

static const char *complaint(struct answer answer, const char *field)
{
    json_t *error = json_object_get(answer.json, "error");

    assert_int_equal(400, answer.status);
    assert_int_equal(-32602, json_integer_value(json_object_get(error, "code")));
    const char *text = json_string_value(json_object_get(json_object_get(error, "message"), field));
    return text ? text : "none";
}

static void force__makes_a_buildset(void **state)
{
    struct answer answer =
        world_post("forceschedulers/force", "force",
                   "{\"builderid\":2,\"username\":\"Bob\",\"reason\":\"try\",\"priority\":\"3\","
                   "\"branch\":\"dev\",\"revision\":\"\",\"ticket\":\"AB-12\",\"jobs\":[\"4\"],"
                   "\"flavour\":\"nutty\",\"clean\":true,\"unknown\":1}");
    json_t *result = json_object_get(answer.json, "result");
    char sql[500];

    (void)state;
    assert_int_equal(200, answer.status);
    assert_true(json_is_integer(json_object_get(json_array_get(result, 1), "2")));
    snprintf(
        sql, sizeof(sql),
        "SELECT count(*) AS n FROM buildsets JOIN buildset_sourcestamps USING (bsid) JOIN "
        "sourcestamps USING (ssid) JOIN buildrequests ON buildsetid = bsid WHERE bsid = %lld "
        "AND branch = 'dev' AND revision IS NULL AND repository = 'https://git.example/app.git' "
        "AND builderid = 2 AND priority = 3 "
        "AND reason = 'A build was forced by ''Bob'': try' AND scheduler = 'force'",
        (long long)json_integer_value(json_array_get(result, 0)));
    assert_number(1, sql);
    snprintf(sql, sizeof(sql),
             "SELECT count(*) AS n FROM buildsets WHERE bsid = %lld AND properties @> "
             "'{\"owner\": [\"Bob\", \"Force Build Form\"], \"reason\": [\"try\", \"Force Build "
             "Form\"], \"jobs\": [4, \"Force Build Form\"], \"flavour\": [\"nutty\", \"Force Build "
             "Form\"], \"clean\": [true, \"Force Build Form\"], \"ticket\": [\"AB-12\", \"Force "
             "Build Form\"]}' AND NOT properties ? 'unknown'",
             (long long)json_integer_value(json_array_get(result, 0)));
    assert_number(1, sql);
}

static void force__builds_all_builders_unless_told(void **state)
{
    struct answer answer = world_post("forceschedulers/force", "force", "{\"ticket\":\"AB-1\"}");
    json_t *requests = json_array_get(json_object_get(answer.json, "result"), 1);

    (void)state;
    assert_int_equal(2, json_object_size(requests));
    answer = world_post("forceschedulers/force", "force",
                        "{\"ticket\":\"AB-1\",\"builderNames\":[\"deb\",\"other\"]}");
    requests = json_array_get(json_object_get(answer.json, "result"), 1);
    assert_int_equal(1, json_object_size(requests));
    assert_non_null(json_object_get(requests, "2"));
    assert_number(2, "SELECT count(*) AS n FROM buildsets WHERE properties -> 'owner' ->> 0 = "
                     "'admin'");
}

static void force__complains_about_every_field(void **state)
{
    struct answer answer =
        world_post("forceschedulers/force", "force",
                   "{\"builderid\":3,\"jobs\":\"many\",\"flavour\":\"bitter\",\"priority\":\"x\"}");

    (void)state;
    assert_string_equal("'ticket' needs to be specified", complaint(answer, "ticket"));
    assert_string_equal("'many' is not a whole number", complaint(answer, "jobs"));
    assert_string_equal("'bitter' does not belong to list of available choices",
                        complaint(answer, "flavour"));
    assert_string_equal("this scheduler has no such builder", complaint(answer, "builderid"));
    assert_string_equal("'x' is not a whole number", complaint(answer, "priority"));
    answer = world_post("forceschedulers/force", "force",
                        "{\"ticket\":\"12\",\"builderNames\":[\"other\"]}");
    assert_string_equal("ticket:'12' does not match pattern '[A-Z]+-[0-9]+'",
                        complaint(answer, "ticket"));
    assert_string_equal("this scheduler has no such builder", complaint(answer, "builderNames"));
    assert_error(world_post("forceschedulers/main", "force", "{}"), 404, -32600,
                 "no such resource");
}

/* A scheduler with every kind of parameter that needs the database. */
static void add_wide(void)
{
    static const char wide[] =
        "schedulers:\n"
        "  - type: force\n"
        "    name: wide\n"
        "    builders: [linux, deb]\n"
        "    codebases: {app: {repository: ra, branch: main}, lib: {branch: stable}}\n"
        "    parameters:\n"
        "      - {type: patch, name: patch, codebase: app}\n"
        "      - {type: worker_choice, name: where}\n"
        "      - {type: inherit_build, name: from}\n"
        "      - {type: any_property, name: any}\n"
        "      - {type: nested, name: opts, fields: [{type: bool, name: fast}]}\n";
    const char *list = strstr(world_yaml, "schedulers:\n"), *rest = strchr(list, '\n') + 1;

    world_apply_yaml(
        ci_mem_printf(world.mem, "%.*s%s%s", (int)(list - world_yaml), world_yaml, wide, rest));
    db_test_sql(db_test.db, "UPDATE builds SET properties = properties || '{\"depth\": [5, "
                            "\"Force Build Form\"]}' WHERE buildid = 2");
}

static void force__takes_sources_patch_worker_and_heritage(void **state)
{
    (void)state;
    add_wide();
    struct answer answer = world_post(
        "forceschedulers/wide", "force",
        "{\"app_branch\":\"dev\",\"app_revision\":\"r9\",\"app_patch_body\":\"--- a\\n\","
        "\"app_patch_level\":0,\"where\":\"w1\",\"from\":\"linux/2\",\"any_name\":\"colour\","
        "\"any_value\":\"red\",\"opts_fast\":true}");
    char sql[600];

    if (answer.status != 200)
        fail_msg("%s", answer.text);
    json_int_t bsid = json_integer_value(json_array_get(json_object_get(answer.json, "result"), 0));
    snprintf(sql, sizeof(sql),
             "SELECT count(*) AS n FROM buildset_sourcestamps JOIN sourcestamps USING (ssid) LEFT "
             "JOIN patches USING (patchid) WHERE bsid = %lld AND ((codebase = 'app' AND branch = "
             "'dev' AND revision = 'r9' AND level = 0 AND body = '--- a\\012') OR (codebase = "
             "'lib' AND branch = 'stable' AND patchid IS NULL))",
             (long long)bsid);
    assert_number(2, sql);
    snprintf(sql, sizeof(sql),
             "SELECT count(*) AS n FROM buildsets WHERE bsid = %lld AND properties @> "
             "'{\"workername\": [\"w1\", \"Force Build Form\"], \"colour\": [\"red\", \"Force "
             "Build Form\"], \"opts\": [{\"fast\": true}, \"Force Build Form\"], \"depth\": [5, "
             "\"Force Build Form\"], \"from\": [\"linux/2\", \"Force Build Form\"]}'",
             (long long)bsid);
    assert_number(1, sql);
    snprintf(sql, sizeof(sql), "SELECT changeid AS n FROM buildset_changes WHERE bsid = %lld",
             (long long)bsid);
    assert_number(2, sql);
}

static void force__complains_of_builds_and_workers_that_are_none(void **state)
{
    (void)state;
    add_wide();
    struct answer answer =
        world_post("forceschedulers/wide", "force", "{\"from\":\"linux/77\",\"where\":\"nobody\"}");

    assert_string_equal("unknown build: 77 in linux/77", complaint(answer, "from"));
    assert_string_equal("'nobody' does not belong to list of available choices",
                        complaint(answer, "where"));
    answer = world_post("forceschedulers/wide", "force", "{\"from\":\"other/1\"}");
    assert_string_equal("unknown builder: other in other/1", complaint(answer, "from"));
    answer = world_post("forceschedulers/wide", "force", "{\"from\":\"linux\"}");
    assert_string_equal("bad build: linux", complaint(answer, "from"));
}

static void forcescheduler__shows_all_fields(void **state)
{
    (void)state;
    add_wide();
    json_t *fields = json_object_get(
        world_first(world_get("forceschedulers/wide"), "forceschedulers"), "all_fields");
    char *text = json_dumps(fields, JSON_COMPACT);

    assert_non_null(text);
    assert_non_null(strstr(text, "\"fullName\":\"app_patch_body\""));
    assert_non_null(strstr(text, "\"choices\":[\"-any-\",\"w1\",\"w2\"]"));
    assert_non_null(strstr(text, "\"choices\":[\"linux/2\",\"linux/1\"]"));
    assert_non_null(strstr(text, "\"fullName\":\"opts_fast\""));
    free(text);
}

/* ---- try ---- */

#define TRY_CALL                                                                                   \
    "{\"builders\":[\"deb\"],\"properties\":{\"depth\":1},\"who\":\"Ann\",\"comment\":\"see\","    \
    "\"jobid\":\"job-1\",\"repository\":\"ra\",\"project\":\"p\",\"branch\":\"main\","             \
    "\"baserev\":\"r1\",\"patch\":{\"level\":1,\"subdir\":\"src\",\"body\":\"LS0tIGEK\","          \
    "\"encoding\":\"base64\"}}"

static json_int_t tried_bsid(struct answer answer)
{
    if (answer.status != 200)
        fail_msg("%s", answer.text);
    return json_integer_value(json_object_get(json_object_get(answer.json, "result"), "bsid"));
}

static void try__builds_a_patch(void **state)
{
    struct answer answer = world_post("tryschedulers/try", "try", TRY_CALL);
    json_t *brids = json_object_get(json_object_get(answer.json, "result"), "brids");
    char sql[700];

    (void)state;
    json_int_t bsid = tried_bsid(answer);
    assert_int_equal(1, json_object_size(brids));
    assert_true(json_is_integer(json_object_get(brids, "2")));
    snprintf(sql, sizeof(sql),
             "SELECT count(*) AS n FROM buildsets JOIN buildset_sourcestamps USING (bsid) JOIN "
             "sourcestamps s USING (ssid) JOIN patches USING (patchid) WHERE bsid = %lld AND "
             "branch = 'main' AND revision = 'r1' AND repository = 'ra' AND project = 'p' AND "
             "level = 1 AND subdir = 'src' AND author = 'Ann' AND comment = 'see' AND body = '--- "
             "a\\012' AND reason = '''try'' job by user Ann' AND external_idstring = 'job-1' AND "
             "scheduler = 'try' AND properties -> 'depth' = '[1, \"try build\"]'",
             (long long)bsid);
    assert_number(1, sql);
    json_t *set = world_first(
        world_get(ci_mem_printf(world.mem, "buildsets/%lld", (long long)bsid)), "buildsets");
    json_t *stamp = json_array_get(json_object_get(set, "sourcestamps"), 0);
    json_t *patch = json_object_get(stamp, "patch");
    assert_string_equal("src", json_string_value(json_object_get(patch, "subdir")));
    assert_true(json_is_null(json_object_get(patch, "body")));
    stamp = world_first(
        world_get(ci_mem_printf(world.mem, "sourcestamps/%lld",
                                (long long)json_integer_value(json_object_get(stamp, "ssid")))),
        "sourcestamps");
    assert_true(json_equal(patch, json_object_get(stamp, "patch")));
}

static void try__of_one_job_is_made_once(void **state)
{
    struct answer first = world_post("tryschedulers/try", "try", TRY_CALL);
    struct answer again = world_post("tryschedulers/try", "try", TRY_CALL);

    (void)state;
    assert_true(
        json_equal(json_object_get(first.json, "result"), json_object_get(again.json, "result")));
    assert_number(1, "SELECT count(*) AS n FROM buildsets WHERE external_idstring = 'job-1'");
    assert_true(tried_bsid(first) != tried_bsid(world_post("tryschedulers/try", "try", "{}")));
    assert_true(tried_bsid(world_post("tryschedulers/try", "try", "{}")) !=
                tried_bsid(world_post("tryschedulers/try", "try", "{}")));
}

static void try__without_much_has_defaults(void **state)
{
    struct answer answer =
        world_post("tryschedulers/try", "try", "{\"patch\":{\"body\":\"--- a\\n\"}}");
    char sql[500];

    (void)state;
    snprintf(sql, sizeof(sql),
             "SELECT count(*) AS n FROM buildrequests JOIN buildsets ON bsid = buildsetid JOIN "
             "buildset_sourcestamps USING (bsid) JOIN sourcestamps USING (ssid) JOIN patches USING "
             "(patchid) WHERE bsid = %lld AND reason = '''try'' job' AND body = '--- a\\012' AND "
             "level = 1 AND external_idstring IS NULL AND revision IS NULL",
             (long long)tried_bsid(answer));
    assert_number(2, sql);
}

static void try__refuses_what_it_does_not_know(void **state)
{
    static const struct {
        const char *params, *text;
    } cases[] = {
        {"{\"builders\":[\"linux\",\"other\"]}",                 "scheduler 'try' has no builder 'other'"},
        {"{\"builders\":\"linux\"}",                             "'builders' must be a list"             },
        {"{\"properties\":[]}",                                  "'properties' must be an object"        },
        {"{\"who\":1}",                                          "'who' must be a string"                },
        {"{\"patch\":\"--- a\"}",                                "'patch' must be an object"             },
        {"{\"patch\":{\"body\":1}}",                             "patch: 'body' must be a string"        },
        {"{\"patch\":{\"body\":\"\",\"level\":-1}}",             "patch: 'level' must be a number"       },
        {"{\"patch\":{\"body\":\"*\",\"encoding\":\"base64\"}}",
         "patch: 'body' is not valid base64"                                                             },
        {"{\"patch\":{\"body\":\"\",\"encoding\":\"rot13\"}}",
         "patch: 'encoding' must be \"base64\""                                                          },
    };
    char *body = ci_mem_alloc(world.mem, (10 << 20) + 2);

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_error(world_post("tryschedulers/try", "try", cases[i].params), 400, -32602,
                     cases[i].text);
    assert_error(world_post("tryschedulers/main", "try", "{}"), 404, -32600, "no such resource");
    assert_error(world_post("forceschedulers/force", "try", "{}"), 501, -32601, "action: ");
    memset(body, 'x', (10 << 20) + 1);
    assert_error(world_post("tryschedulers/try", "try",
                            ci_mem_printf(world.mem, "{\"patch\":{\"body\":\"%s\"}}", body)),
                 400, -32602, "patch: 10485761 bytes, at most 10485760 are taken");
    assert_number(0, "SELECT count(*) AS n FROM buildsets WHERE scheduler = 'try'");
}

static void try__needs_an_enabled_scheduler(void **state)
{
    (void)state;
    assert_string_equal("\"try\"",
                        world_column(world_get("tryschedulers"), "tryschedulers", "name"));
    assert_string_equal("[\"linux\",\"deb\"]",
                        world_column(world_get("tryschedulers"), "tryschedulers", "builder_names"));
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false WHERE name = 'try'");
    assert_string_equal("false",
                        world_column(world_get("tryschedulers/try"), "tryschedulers", "enabled"));
    assert_error(world_post("tryschedulers/try", "try", "{}"), 409, -32603,
                 "scheduler 'try' is disabled");
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = true WHERE name = 'try'");
}

static void rebuild__keeps_the_patch(void **state)
{
    char sql[200];

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO patches (body) VALUES ('diff')");
    db_test_sql(db_test.db, "UPDATE sourcestamps SET patchid = (SELECT max(patchid) FROM patches) "
                            "WHERE ssid = 2");
    json_t *result = json_object_get(world_post("builds/2", "rebuild", "{}").json, "result");
    snprintf(sql, sizeof(sql), "SELECT ssid AS n FROM buildset_sourcestamps WHERE bsid = %lld",
             (long long)json_integer_value(json_array_get(result, 0)));
    assert_number(2, sql);
    db_test_sql(db_test.db, "UPDATE sourcestamps SET patchid = NULL WHERE ssid = 2");
}

static void every_call__is_in_the_audit_log(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "DELETE FROM audit");
    world_post("workers/1", "pause", "{\"reason\": \"disk\"}");
    world_post("workers/1", "unpause", "{}");
    world_post("builds/1", "pin", "{}");
    world_post("builds/1", "unpin", "{}");
    world_post("builds/1", "rebuild", "{}");
    world_post("builds/3", "stop", "{\"reason\": \"late\"}");
    world_post("buildrequests/4", "set_priority", "{\"priority\": 3}");
    world_post("buildrequests/4", "set_priority", "{\"priority\": \"x\"}");
    world_post("schedulers/1", "enable", "{\"enabled\": true}");
    assert_int_equal(8, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE username "
                                                   "= 'admin' AND outcome = 'done'"));
    assert_int_equal(
        1, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE action = 'stop' AND "
                                      "target = 'builds/3' AND detail = '{\"reason\": \"late\"}'"));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE action = "
                                                   "'rebuild' AND detail ? 'buildset'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(rpc__refuses_a_bad_envelope),
        world_test(rpc__needs_the_admin),
        world_test(rpc__refuses_unknown_paths_and_actions),
        world_test(build__is_asked_to_stop_once),
        world_test(build__is_rebuilt_from_the_same_sources),
        world_test(request__is_cancelled_and_moved),
        world_test(worker__is_paused_stopped_and_killed),
        world_test(scheduler__is_switched),
        world_test(force__makes_a_buildset),
        world_test(force__builds_all_builders_unless_told),
        world_test(force__complains_about_every_field),
        world_test(force__takes_sources_patch_worker_and_heritage),
        world_test(force__complains_of_builds_and_workers_that_are_none),
        world_test(forcescheduler__shows_all_fields),
        world_test(try__refuses_what_it_does_not_know),
        world_test(try__builds_a_patch),
        world_test(try__of_one_job_is_made_once),
        world_test(try__without_much_has_defaults),
        world_test(try__needs_an_enabled_scheduler),
        world_test(rebuild__keeps_the_patch),
        world_test(every_call__is_in_the_audit_log),
    };

    return cmocka_run_group_tests_name("www.control", tests, world_open, world_close);
}

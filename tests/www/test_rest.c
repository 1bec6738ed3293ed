/* SPDX-License-Identifier: Apache-2.0 */
/* Reading every resource, against a real server. */
#include "tables/tables.h"
#include "world.h"
#include "www_sql.h"

static void rest__prepares_every_statement(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_db_check(db_test.db, www_sql_all, &err), err);
}

/* Composes with one filter and prepares; the operators that do not suit a field are the parser's.
 */
static void check_filter(const struct rest_resource *resource, const struct rest_field *field,
                         int op, size_t values)
{
    static const char *const samples[] = {"1", "0"};
    struct ci_pair pairs[2];
    char key[100];
    struct query_options options;
    struct rest_scope scope = {.args =
                                   ci_mem_array(world.mem, struct ci_arg, resource->from_args + 1),
                               .nargs = resource->from_args};
    struct query_sql rows, count;
    struct ci_err err = {0};

    snprintf(key, sizeof(key), "%s__%s", field->name, query_op_names[op]);
    for (size_t i = 0; i < values; i++)
        pairs[i] = (struct ci_pair){key, samples[i]};
    if (!query_parse(resource, true, (struct ci_pairs){pairs, values}, world.mem, &options, &err)) {
        assert_string_equal(ci_mem_printf(world.mem, "invalid filter value for %s", key), err.msg);
        return;
    }
    query_rows(resource, &scope, &options, world.mem, &rows);
    query_count(resource, &scope, &options, 10, world.mem, &count);
    const struct ci_stmt statements[] = {
        {"rows",  rows.text },
        {"count", count.text}
    };
    const struct ci_stmt *const list[] = {&statements[0], &statements[1], NULL};
    if (!ci_db_check(db_test.db, list, &err))
        fail_msg("%s.%s: %s", resource->plural, key, err.msg);
    assert_ok(ci_db_check_record(db_test.db, &statements[0], resource->record, &err), err);
}

static void rest__composes_valid_sql_for_every_field_and_operator(void **state)
{
    (void)state;
    for (size_t i = 0; rest_resources[i]; i++)
        for (size_t j = 0; j < rest_resources[i]->count; j++)
            for (int op = 0; query_op_names[op]; op++)
                for (size_t values = 1; values <= 2; values++)
                    check_filter(rest_resources[i], &rest_resources[i]->fields[j], op, values);
}

static void rest__orders_by_every_field(void **state)
{
    (void)state;
    for (size_t i = 0; rest_resources[i]; i++) {
        const struct rest_resource *resource = rest_resources[i];

        for (size_t j = 0; j < resource->count; j++) {
            struct rest_scope scope = {
                .args = ci_mem_array(world.mem, struct ci_arg, resource->from_args + 1),
                .nargs = resource->from_args};
            struct query_order order = {&resource->fields[j], j % 2 == 0};
            struct query_options options = {
                .orders = {&order, 1},
                  .limit = ci_some(1)
            };
            struct query_sql sql;
            struct ci_err err = {0};

            if (resource->fields[j].type == REST_OPAQUE)
                continue;
            query_rows(resource, &scope, &options, world.mem, &sql);
            const struct ci_stmt statement = {"order", sql.text};
            const struct ci_stmt *const list[] = {&statement, NULL};
            if (!ci_db_check(db_test.db, list, &err))
                fail_msg("%s.%s: %s", resource->plural, order.field->name, err.msg);
        }
    }
}

/* What the world has under the part of a pattern that ends at `at`. */
static const char *sample_name(const char *pattern, const char *at)
{
    static const struct {
        const char *part, *name;
    } names[] = {
        {"forceschedulers/", "force" },
        {"tryschedulers/",   "try"   },
        {"workers/",         "w1"    },
        {"steps/",           "git"   },
        {"logs/",            "stdio" },
        {"data/",            "sizes" },
        {"projects/",        "acme"  },
        {"codebases/",       "client"},
        {"revision/",        "c1"    },
    };

    for (size_t i = 0; i < CI_COUNT(names); i++) {
        size_t len = strlen(names[i].part);

        if ((size_t)(at - pattern) >= len && memcmp(at - len, names[i].part, len) == 0)
            return names[i].name;
    }
    return "linux";
}

/* A path of the pattern with 1 for every number. */
static const char *sample_path(const char *pattern)
{
    struct ci_buf out;

    ci_buf_init(&out, world.mem);
    for (const char *at = pattern; *at; at++) {
        if (*at == ':') {
            ci_buf_puts(&out, at[1] == 'n' ? "1" : sample_name(pattern, at));
            at++;
        } else if (*at == '*') {
            ci_buf_puts(&out, "out/empty.bin");
        } else {
            ci_buf_add(&out, at, 1);
        }
    }
    return out.text;
}

static void assert_served(const struct rest_path *path)
{
    const char *sample = sample_path(path->pattern);
    struct ci_request request =
        world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s%s", sample,
                                           path->kind == REST_SEARCH ? "?q=x" : ""));
    struct answer answer;

    world_header(&request, "authorization", "Bearer the-token");
    answer = world_call(rest_get, &request);
    if (answer.status != 200)
        fail_msg("%s (%s): %d %s", sample, path->pattern, answer.status, answer.text);
    if (answer.response.stream)
        answer.response.stream->free(answer.response.stream->user);
}

static void rest__serves_every_path(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "INSERT INTO artifacts (buildid, step, name, size, sha256, chunks)"
                            " VALUES (1, 1, 'out/empty.bin', 0, '\\xcd', '{}')");
    db_test_sql(db_test.db, "INSERT INTO build_data (buildid, name, value, source)"
                            " VALUES (1, 'sizes', 'a b', 'step')");
    db_test_sql(db_test.db,
                "INSERT INTO test_result_sets (builderid, buildid, stepid, description,"
                " category, value_unit) VALUES (1, 1, 1, 'unit', 'pass_fail', 'boolean')");
    db_test_sql(db_test.db, "INSERT INTO deliveries (kind, source, verdict) "
                            "VALUES ('hook', 'base', 'known')");
    db_test_sql(db_test.db, "INSERT INTO users (username, created_by) VALUES ('linux', 'test')");
    db_test_sql(db_test.db,
                "INSERT INTO tokens (token_hash, hint, name, username, identity, "
                "scopes, created_by) VALUES ('x', 'x', 'x', 'linux', '{}', '{}', 'test')");
    db_test_sql(db_test.db, "INSERT INTO audit (username, action, target, outcome) "
                            "VALUES ('linux', 'force', 'builds/1', 'done')");
    for (const struct rest_path *const *table = rest_paths; *table; table++)
        for (const struct rest_path *path = *table; path->pattern; path++)
            assert_served(path);
}

static void assert_refused(const char *path, int status, const char *text)
{
    struct answer answer = world_get(path);

    assert_int_equal(status, answer.status);
    assert_string_equal(text, json_string_value(json_object_get(answer.json, "error")));
}

static void rest__refuses_with_the_texts_of_buildbot(void **state)
{
    (void)state;
    assert_refused("builds?field=f", 400, "no such field 'f'");
    assert_refused("builds?order=-f", 400, "no such field 'f'");
    assert_refused("builds?field=number&order=buildid", 400, "cannot order on un-selected fields");
    assert_refused("builds?field=number&buildid=1", 400, "cannot filter on un-selected fields");
    assert_refused("builds?limit=many", 400, "invalid limit");
    assert_refused("builds?offset=1.5", 400, "invalid offset");
    assert_refused("builds?nothing=1", 400, "unrecognized query parameter 'nothing'");
    assert_refused("builds?number__gt=x", 400, "invalid filter value for number__gt");
    assert_refused("builds?complete=maybe", 400, "invalid filter value for complete");
    assert_refused("builds?properties=x", 400, "invalid filter value for properties");
    assert_refused("builds/1?number=1", 400, "this is not a collection");
    assert_refused("build", 404, "Invalid path: build");
    assert_refused("builds/", 404, "Invalid path: builds/");
    assert_refused("builds/1/steps/0/what", 404, "Invalid path: builds/1/steps/0/what");
    struct answer answer = world_get("builds/77");
    assert_int_equal(404, answer.status);
    assert_ptr_equal(strstr(answer.text, "not found while getting from"),
                     strstr(answer.text, "not found"));
}

static void rest__writes_ascii_with_sorted_keys(void **state)
{
    struct ci_request request = world_request("GET", "/api/v2/masters");
    struct answer answer;

    (void)state;
    db_test_sql(db_test.db, "UPDATE masters SET name = U&'sl\\00EFp \\+01F680', last_active = "
                            "to_timestamp(1600000000)");
    answer = world_call(rest_get, &request);
    db_test_sql(db_test.db, "UPDATE masters SET name = 'slipway'");
    assert_string_equal("{\n  \"masters\": [\n    {\n      \"active\": true,\n"
                        "      \"last_active\": 1600000000,\n      \"masterid\": 1,\n"
                        "      \"name\": \"sl\\u00EFp \\uD83D\\uDE80\"\n    }\n  ],\n"
                        "  \"meta\": {\n    \"total\": 1\n  }\n}",
                        answer.text);
    assert_string_equal("text/plain; charset=utf-8", answer.response.content_type);
    world_header(&request, "accept", "text/html, application/json");
    answer = world_call(rest_get, &request);
    assert_non_null(strstr(answer.text, "{\"masters\":[{\"active\":true,"));
    assert_string_equal("application/json; charset=utf-8", answer.response.content_type);
}

static void rest__looks_at_the_origin(void **state)
{
    struct ci_request foreign = world_request("GET", "/api/v2/masters");
    struct ci_request configured = world_request("GET", "/api/v2/masters");
    struct answer answer;

    (void)state;
    world_header(&foreign, "origin", "https://evil.example");
    assert_int_equal(400, world_call(rest_get, &foreign).status);
    world_header(&configured, "origin", "https://CI.example");
    answer = world_call(rest_get, &configured);
    assert_int_equal(200, answer.status);
    assert_string_equal("https://ci.example",
                        ci_pairs_get(answer.response.headers, "access-control-allow-origin"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(rest__prepares_every_statement),
        world_test(rest__composes_valid_sql_for_every_field_and_operator),
        world_test(rest__orders_by_every_field),
        world_test(rest__serves_every_path),
        world_test(rest__refuses_with_the_texts_of_buildbot),
        world_test(rest__writes_ascii_with_sorted_keys),
        world_test(rest__looks_at_the_origin),
    };

    return cmocka_run_group_tests_name("www.rest", tests, world_open, world_close);
}

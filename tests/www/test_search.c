/* SPDX-License-Identifier: Apache-2.0 */
/* Searches, the page of a build, tests over builds, and differences of configurations. */
#include "contents/search.h"
#include "world.h"

static const char secrets_yaml[] =
    "title: Test CI\n"
    "access:\n"
    "  roles: [{name: release, users: [rita]}]\n"
    "  rules: [{actions: [read], builders: [linux], roles: [release]}]\n"
    "schedulers: [{type: force, name: force, builders: [linux, deb]}]\n"
    "builders:\n"
    "  - {name: linux, worker_labels: {os: linux}, steps: [{run: make}]}\n"
    "  - {name: deb, workers: [w2], steps: [{run: make deb}]}\n"
    "  - {name: other, workers: [w2], steps: [{run: 'true'}]}\n"
    "workers: [{name: w1, password: p1, labels: {os: linux}}, {name: w2, password: p2}]\n";

static int open_world(void **state)
{
    static const char *const statements[] = {
        "UPDATE changes SET revision = 'deadbeef0' || changeid, comments = "
        "E'Fix the parser''s \\u00e9tude: case ' || changeid || E'\\nmore' WHERE changeid <= 3",
        "UPDATE sourcestamps SET revision = 'deadbeef0' || ssid WHERE ssid <= 3",
        "UPDATE changes SET branch = 'release/2.0', author = 'Bob B. <bob@example.net>' "
        "WHERE changeid = 4",
        "INSERT INTO test_result_sets (builderid, buildid, stepid, description, category,"
        " value_unit, tests_passed, tests_failed, complete)"
        " SELECT 1, b, b * 2 - 1, 'unit', 'pass_fail', 'boolean', 2, 1, true"
        " FROM generate_series(1, 3) b",
        /* sound passes always, shaky by turns, broken not from build 2 on, idle is skipped. */
        "INSERT INTO test_results (builderid, test_result_setid, test_name, value, duration_ns)"
        " SELECT 1, b, n, CASE n WHEN 'sound' THEN '1' WHEN 'shaky' THEN (b % 2)::text"
        " WHEN 'broken' THEN (b < 2)::int::text ELSE 'skipped' END, b * 10"
        " FROM generate_series(1, 3) b, unnest(ARRAY['sound', 'shaky', 'broken', 'idle']) n",
    };

    if (world_open(state) != 0)
        return -1;
    for (size_t i = 0; i < CI_COUNT(statements); i++)
        db_test_sql(db_test.db, statements[i]);
    return 0;
}

/* ---- what is typed ---- */

static void terms__read_builds(void **state)
{
    static const struct {
        const char *q, *builder;
        int64_t number;
    } cases[] = {
        {"linux/17",            "linux",      17},
        {" linux #17 ",         "linux",      17},
        {"my builder/3",        "my builder", 3 },
        {"#17",                 NULL,         17},
        {"17",                  NULL,         17},
        {"linux",               NULL,         0 },
        {"v17",                 NULL,         0 },
        {"1234567890123456789", NULL,         0 },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        struct search_terms terms = search_terms_of(cases[i].q, NULL, NULL, NULL, world.mem);

        assert_int_equal(cases[i].number, terms.number);
        if (cases[i].builder)
            assert_string_equal(cases[i].builder, terms.builder);
        else
            assert_null(terms.builder);
    }
}

static void terms__quote_what_is_special(void **state)
{
    struct search_terms terms =
        search_terms_of("a%b_c\\d 'x' & !y:*", NULL, NULL, "O'Neil", world.mem);

    (void)state;
    assert_string_equal("a\\%b\\_c\\\\d 'x' & !y:*%", terms.branch_pattern);
    assert_string_equal("'a':* & 'b':* & 'c':* & 'd':* & 'x':* & 'y':* & 'O':*A & 'Neil':*A",
                        terms.words);
    assert_null(terms.revision);
    assert_string_equal("dead%", search_terms_of("dead", NULL, NULL, NULL, world.mem).revision);
    assert_string_equal("r%", search_terms_of(NULL, "r", NULL, NULL, world.mem).revision);
    assert_null(search_terms_of("  ", NULL, "", NULL, world.mem).text);
}

/* ---- what is found ---- */

static struct answer ask(const char *query, const struct identity *who)
{
    struct ci_request request =
        world_request("GET", ci_mem_printf(world.mem, "/api/v2/search?%s", query));

    request.who = world_who(who);
    world_header(&request, "accept", "application/json");
    return world_call(search_get, &request);
}

/* "type:path,path type:path" */
static const char *found(const char *query, const struct identity *who)
{
    struct answer answer = ask(query, who);
    json_t *group, *hit;
    struct ci_buf out;
    size_t i, j;

    ci_buf_init(&out, world.mem);
    if (answer.status != 200)
        ci_buf_printf(&out, "%d %s", answer.status, answer.text);
    json_array_foreach(json_object_get(answer.json, "search"), i, group) {
        ci_buf_printf(&out, "%s%s:", i ? " " : "",
                      json_string_value(json_object_get(group, "type")));
        json_array_foreach(json_object_get(group, "results"), j, hit)
            ci_buf_printf(&out, "%s%s", j ? "," : "",
                          json_string_value(json_object_get(hit, "path")));
    }
    return out.text ? out.text : "";
}

static void search__finds_what_is_remembered(void **state)
{
    static const struct {
        const char *query, *found;
    } cases[] = {
        {"q=linux/2",           "builds:builders/1/builds/2"                                      },
        {"q=#3",                "builds:builders/1/builds/3"                                      },
        {"q=LIN",               "builders:builders/1"                                             },
        {"q=deadbeef02",        "builds:builders/1/builds/2 changes:changes/2"                    },
        {"q=deadbeef",          "builds:builders/1/builds/3,builders/1/builds/2,builders/1/builds/1 "
                       "changes:changes/3,changes/2,changes/1"              },
        {"q=deadbeef&limit=1",  "builds:builders/1/builds/3 changes:changes/3"                    },
        {"revision=deadbeef03", "builds:builders/1/builds/3 changes:changes/3"                    },
        {"q=pars étud",        "changes:changes/3,changes/2,changes/1"                           },
        {"q=fix 2",             "changes:changes/2"                                               },
        {"author=bob",          "changes:changes/4"                                               },
        {"author=example net",  "changes:changes/4"                                               },
        {"author=change",       ""                                                                },
        {"branch=release/2.0",  "changes:changes/4"                                               },
        {"q=rele",              "branches:changes?branch=release%2F2.0"                           },
        {"branch=main&q=5",     "changes:changes/5"                                               },
        {"q=shak",              "tests:builders/1/test_history?name=shaky"                        },
        {"q=OUND",              "tests:builders/1/test_history?name=sound"                        },
        {"q=3",                 "builds:builders/1/builds/3 changes:changes/3"                    },
        {"q=nothing at all",    ""                                                                },
        {"q=' | ! ( :*",        ""                                                                },
        {"q=%25_",              ""                                                                },
        {"",                    "400 {\"error\":\"one of q, revision, branch, author is needed\"}"},
        {"q=x&limit=0",         "400 {\"error\":\"invalid limit\"}"                               },
        {"q=x&limit=many",      "400 {\"error\":\"invalid limit\"}"                               },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        assert_string_equal(cases[i].found, found(cases[i].query, &world_admin));
}

static struct answer page_of(const char *path, const struct identity *who)
{
    struct ci_request request = world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s", path));

    request.who = world_who(who);
    world_header(&request, "accept", "application/json");
    return world_call(rest_get, &request);
}

static void search__shows_nothing_hidden(void **state)
{
    static const struct identity nobody = {
        .kind = IDENTITY_ANONYMOUS, .username = "anonymous", .scopes = IDENTITY_ALL_SCOPES};
    static const char *const queries[] = {"q=linux", "q=linux/2", "q=#3", "q=shak", "q=OUND"};

    (void)state;
    world_apply_yaml(secrets_yaml);
    for (size_t i = 0; i < CI_COUNT(queries); i++)
        assert_string_equal("", found(queries[i], &nobody));
    assert_string_equal("changes:changes/2", found("q=deadbeef02", &nobody));
    assert_string_equal("builders:builders/1", found("q=linux", &world_admin));
    assert_int_equal(404, page_of("builds/2/page", &nobody).status);
    assert_int_equal(404, page_of("builders/linux/builds/2/page", &nobody).status);
    assert_int_equal(200, page_of("builds/2/page", &world_admin).status);
    assert_int_equal(0, world_total(page_of("builders/1/tests", &nobody)));
    assert_int_equal(0, world_total(page_of("builders/1/test_history?name=sound", &nobody)));
    assert_int_equal(4, world_total(page_of("builders/1/tests", &world_admin)));
    world_apply();
}

/* ---- the page ---- */

static void page__has_all_that_belongs_to_a_build(void **state)
{
    static const char *const paths[] = {"builds/2/page", "builders/1/builds/2/page",
                                        "builders/linux/builds/2/page"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(paths); i++) {
        struct answer answer = page_of(paths[i], &world_admin);
        json_t *page = world_first(answer, "pages"), *around = json_object_get(page, "around");
        json_t *steps = json_object_get(page, "steps");
        json_int_t buildid = 0, bsid = 0, previous = 0, next = 0, passed = 0, failed = 0;
        const char *builder = "", *worker = "", *log = "";

        assert_int_equal(200, answer.status);
        assert_int_equal(2, json_array_size(steps));
        assert_int_equal(
            0, json_unpack(json_array_get(steps, 0), "{s:[{s:s}]}", "logs", "slug", &log));
        assert_string_equal("stdio", log);
        assert_int_equal(0, json_unpack(page, "{s:{s:I}, s:{s:s}, s:{s:s}, s:{s:I}}", "build",
                                        "buildid", &buildid, "builder", "name", &builder, "worker",
                                        "name", &worker, "buildset", "bsid", &bsid));
        assert_int_equal(2, buildid);
        assert_int_equal(2, bsid);
        assert_string_equal("linux", builder);
        assert_string_equal("w1", worker);
        assert_non_null(json_object_get(
            json_object_get(json_object_get(page, "build"), "properties"), "branch"));
        assert_int_equal(0, json_unpack(around, "{s:I, s:I, s:I, s:I}", "previous_buildid",
                                        &previous, "next_number", &next, "tests_passed", &passed,
                                        "tests_failed", &failed));
        assert_int_equal(1, previous);
        assert_int_equal(3, next);
        assert_int_equal(2, passed);
        assert_int_equal(1, failed);
        assert_int_equal(1, json_array_size(json_object_get(page, "changes")));
        assert_int_equal(0, json_array_size(json_object_get(page, "cut")));
        assert_null(json_object_get(page, "logs"));
    }
    assert_int_equal(404, page_of("builds/99/page", &world_admin).status);
    assert_int_equal(404, page_of("builders/linux/builds/99/page", &world_admin).status);
}

/* ---- tests over builds ---- */

static void tests__tell_how_they_fare(void **state)
{
    struct answer answer = world_get("builders/1/tests");

    (void)state;
    assert_string_equal("\"broken\",\"idle\",\"shaky\",\"sound\"",
                        world_column(answer, "tests", "name"));
    assert_string_equal("2,0,1,0", world_column(answer, "tests", "failures"));
    assert_string_equal("\"failed\",\"skipped\",\"passed\",\"passed\"",
                        world_column(answer, "tests", "last_outcome"));
    assert_string_equal("2,null,null,null", world_column(answer, "tests", "failing_since_number"));
    assert_string_equal("1,0,2,0", world_column(answer, "tests", "flips"));
    assert_string_equal("50,0,100,0", world_column(answer, "tests", "flakiness"));
    assert_string_equal(
        "\"broken\",\"shaky\"",
        world_column(world_get("builders/linux/tests?failures__gt=0"), "tests", "name"));
    assert_int_equal(0, world_total(world_get("builders/nobody/tests")));
}

static void tests__have_a_history(void **state)
{
    static const char *const paths[] = {"builders/1/test_history?name=shaky",
                                        "builders/linux/test_history?name=shaky"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(paths); i++) {
        struct answer answer = world_get(paths[i]);

        assert_string_equal("3,2,1", world_column(answer, "test_history", "number"));
        assert_string_equal("\"passed\",\"failed\",\"passed\"",
                            world_column(answer, "test_history", "outcome"));
        assert_string_equal("30,20,10", world_column(answer, "test_history", "duration_ns"));
    }
    assert_string_equal("3", world_column(world_get("builders/1/test_history?name=sound&limit=1"),
                                          "test_history", "number"));
}

/* ---- differences of configurations ---- */

static struct answer diff(const char *query)
{
    struct ci_request request =
        world_request("GET", ci_mem_printf(world.mem, "/api/v2/config/2/diff%s", query));
    struct ci_pair *param = ci_mem_zero(world.mem, struct ci_pair);

    *param = (struct ci_pair){"version", "2"};
    request.params = (struct ci_pairs){param, 1};
    request.who = world_who(&world_admin);
    return world_call(config_diff, &request);
}

static void config__shows_what_a_version_changed(void **state)
{
    (void)state;
    world_apply_yaml(secrets_yaml);
    assert_non_null(strstr(diff("").text, "--- version 1\n+++ version 2\n"));
    assert_non_null(strstr(diff("?against=1").text, "\n+access:\n"));
    assert_non_null(strstr(diff("?against=0").text, "--- nothing\n"));
    assert_string_equal("", diff("?against=2").text);
    assert_int_equal(404, diff("?against=99").status);
    assert_int_equal(400, diff("?against=x").status);
    world_apply();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(terms__read_builds),
        world_test(terms__quote_what_is_special),
        world_test(search__finds_what_is_remembered),
        world_test(page__has_all_that_belongs_to_a_build),
        world_test(tests__tell_how_they_fare),
        world_test(tests__have_a_history),
        world_test(config__shows_what_a_version_changed),
        world_test(search__shows_nothing_hidden),
    };

    return cmocka_run_group_tests_name("www.search", tests, open_world, world_close);
}

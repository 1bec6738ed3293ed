/* SPDX-License-Identifier: Apache-2.0 */
/* Long lists, their totals, and the resources of projects: builders, codebases, commits, change
 * sources. */
#include "world.h"

#define assert_column(wanted, path, plural, member)                                                \
    assert_string_equal(wanted, world_column(world_get(path), plural, member))

/* A list that may come as a stream, read to its end; laid out for people unless `compact`. */
static struct answer get_whole(const char *path, bool compact)
{
    struct ci_request request = world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s", path));
    struct answer answer;
    struct ci_buf text;
    char piece[777];
    ssize_t len;

    if (compact)
        world_header(&request, "accept", "application/json");
    answer = world_call(rest_get, &request);
    if (!answer.response.stream)
        return answer;
    ci_buf_init(&text, world.mem);
    while ((len = answer.response.stream->read(answer.response.stream->user, piece,
                                               sizeof(piece))) >= 0)
        ci_buf_add(&text, piece, (size_t)len);
    answer.response.stream->free(answer.response.stream->user);
    answer.text = text.text;
    answer.json = json_loads(text.text, 0, NULL);
    if (!answer.json)
        fail_msg("no JSON: %.600s ... %s", text.text,
                 text.text + text.len - (text.len > 300 ? 300 : text.len));
    ci_mem_json(world.mem, answer.json);
    return answer;
}

/* Whatever way a list comes, its text is that of jansson. */
static void assert_same_text(struct answer answer, size_t flags)
{
    char *text = json_dumps(answer.json, flags | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

    assert_string_equal(text, answer.text);
    free(text);
}

static void lists__of_many_rows_are_streamed(void **state)
{
    struct answer answer;

    (void)state;
    db_test_sql(db_test.db, "INSERT INTO sourcestamps (repository, revision) SELECT "
                            "E'a\n\"b\u00e9', 'many' || i FROM generate_series(1, 2500) i");
    db_test_sql(db_test.db, "INSERT INTO buildsets (bsid, reason, submitted_at, open_requests) "
                            "OVERRIDING SYSTEM VALUE SELECT 100000 + i, 'many', to_timestamp(-i), "
                            "0 FROM generate_series(1, 2500) i");
    /* "meta" comes first here, and last there. */
    answer =
        get_whole("sourcestamps?revision__contains=many&field=revision&field=repository", true);
    assert_non_null(answer.response.stream);
    assert_int_equal(2500, json_array_size(json_object_get(answer.json, "sourcestamps")));
    assert_same_text(answer, JSON_COMPACT);
    assert_same_text(get_whole("sourcestamps?revision__contains=many", false), JSON_INDENT(2));
    answer = get_whole("buildsets?reason=many&order=submitted_at&limit=2400&offset=50", false);
    assert_non_null(answer.response.stream);
    assert_same_text(answer, JSON_INDENT(2));
    assert_int_equal(2400, json_array_size(json_object_get(answer.json, "buildsets")));
    assert_int_equal(102450,
                     json_integer_value(json_object_get(world_first(answer, "buildsets"), "bsid")));
    assert_int_equal(2500, world_total(answer));
    assert_null(get_whole("buildsets?reason=many&limit=1000", true).response.stream);
    db_test_sql(db_test.db, "DELETE FROM buildsets WHERE reason = 'many'");
    db_test_sql(db_test.db, "DELETE FROM sourcestamps WHERE revision LIKE 'many%'");
}

static void buildrequests__of_a_master(void **state)
{
    (void)state;
    assert_column("1,2,3", "buildrequests?claimed_by_masterid=1", "buildrequests",
                  "buildrequestid");
    /* It decides over `claimed`, and 0 is as good as nothing. */
    assert_column("1,2,3", "buildrequests?claimed=false&claimed_by_masterid=1", "buildrequests",
                  "buildrequestid");
    assert_column("4", "buildrequests?claimed_by_masterid=0&claimed=false", "buildrequests",
                  "buildrequestid");
    assert_column("", "buildrequests?claimed_by_masterid=2", "buildrequests", "buildrequestid");
}

static void buildsets__are_counted_to_a_bound(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "INSERT INTO buildsets (bsid, reason, submitted_at, open_requests) "
                            "OVERRIDING SYSTEM VALUE SELECT 100000 + i, 'many', now(), 0 "
                            "FROM generate_series(1, 3000) i");
    assert_int_equal(1002, world_total(world_get("buildsets?reason=many&limit=2")));
    assert_int_equal(3000, world_total(world_get("buildsets?reason=many&limit=2&offset=2900")));
    assert_int_equal(3000, world_total(world_get("buildsets?reason=many&limit=0")));
    assert_int_equal(3000, world_total(get_whole("buildsets?reason=many", true)));
    db_test_sql(db_test.db, "DELETE FROM buildsets WHERE reason = 'many'");
}

static void projects__have_builders_and_codebases(void **state)
{
    json_t *project;

    (void)state;
    assert_column("\"acme\"", "projects", "projects", "name");
    project = world_first(world_get("projects/acme"), "projects");
    assert_int_equal(1, json_integer_value(json_object_get(project, "projectid")));
    assert_string_equal("acme", json_string_value(json_object_get(project, "slug")));
    assert_string_equal("The *shop*", json_string_value(json_object_get(project, "description")));
    assert_string_equal("<p>The <em>shop</em></p>\n",
                        json_string_value(json_object_get(project, "description_html")));
    assert_true(json_is_true(json_object_get(project, "active")));
    assert_column("1", "projects?active=true", "projects", "projectid");
    assert_column("", "projects?active=false", "projects", "projectid");
    assert_column("\"deb\"", "projects/1/builders", "builders", "name");
    assert_column("null,1,null", "builders", "builders", "projectid");
    assert_column("1", "codebases?projectid=1", "codebases", "codebaseid");
    assert_column("", "codebases?projectid=2", "codebases", "codebaseid");
    assert_column("\"client\"", "projects/1/codebases/client", "codebases", "slug");
}

static void commits__are_found_and_compared(void **state)
{
    json_t *graph;
    char *text;

    (void)state;
    assert_column("1,2,3,4", "codebases/1/commits", "commits", "commitid");
    assert_column("", "codebases/2/commits", "commits", "commitid");
    assert_column("3", "codebases/1/commits_by_revision/c3", "commits", "commitid");
    assert_column("3,4", "codebases/1/branches", "branches", "commitid");
    graph = world_first(world_get("codebases/1/commit_range/4/3/commits_common_parent"),
                        "commit_graphs");
    text = json_dumps(graph, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal("{\"common\":2,\"to1\":[2,4],\"to2\":[2,3]}", text);
    free(text);
    graph = world_first(world_get("codebases/1/commit_range/1/3/commits_common_parent"),
                        "commit_graphs");
    text = json_dumps(graph, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal("{\"common\":1,\"to1\":[1],\"to2\":[1,2,3]}", text);
    free(text);
    assert_int_equal(404, world_get("codebases/2/commit_range/1/3/commits_common_parent").status);
    assert_int_equal(404, world_get("codebases/1/commit_range/1/9/commits_common_parent").status);
}

static void commit_range__finds_the_test_results_of_its_commits(void **state)
{
    (void)state;
    assert_column("", "codebases/1/commit_range/1/3/test_result_sets", "test_result_sets",
                  "test_result_setid");
    /* Build 2 built commit 4. */
    db_test_sql(db_test.db, "UPDATE sourcestamps SET project = 'acme', codebase = 'client', "
                            "revision = 'c4' WHERE ssid = 2");
    db_test_sql(db_test.db,
                "INSERT INTO test_result_sets (builderid, buildid, stepid, description, category, "
                "value_unit) VALUES (1, 2, 3, 'unit', 'pass_fail', 'boolean')");
    assert_column("2", "codebases/1/commit_range/4/3/test_result_sets", "test_result_sets",
                  "buildid");
    assert_column("", "codebases/1/commit_range/1/3/test_result_sets", "test_result_sets",
                  "buildid");
    db_test_sql(db_test.db, "DELETE FROM test_result_sets");
    db_test_sql(db_test.db, "UPDATE sourcestamps SET project = '', codebase = '', revision = 'r2' "
                            "WHERE ssid = 2");
}

static void changesources__are_pollers_and_dialects(void **state)
{
    (void)state;
    assert_column("\"https://git.example/app.git\",\"change_hook/base\"", "changesources",
                  "changesources", "name");
    assert_column("\"git_poller\",\"hook\"", "masters/1/changesources", "changesources", "type");
    assert_column("", "masters/2/changesources", "changesources", "name");
    assert_int_equal(
        1,
        json_integer_value(json_object_get(
            json_object_get(world_first(world_get("changesources/1"), "changesources"), "master"),
            "masterid")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(lists__of_many_rows_are_streamed),
        world_test(buildrequests__of_a_master),
        world_test(buildsets__are_counted_to_a_bound),
        world_test(projects__have_builders_and_codebases),
        world_test(commits__are_found_and_compared),
        world_test(commit_range__finds_the_test_results_of_its_commits),
        world_test(changesources__are_pollers_and_dialects),
    };

    return cmocka_run_group_tests_name("www.lists", tests, world_open, world_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Artifacts: pieces, names, limits, who may read what, and the sweep. */
#include "artifact.h"
#include "calls.h"

#include <sys/stat.h>

#define NUMBER(text) db_test_number(db_test.db, (text))

static char directory[] = "/tmp/slipway-artifacts.XXXXXX";

static int open_store(void **state)
{
    if (fixture_open(state) != 0 || !mkdtemp(directory))
        return -1;
    fixture.settings.artifacts_dir = directory;
    return 0;
}

static int close_store(void **state)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return db_test_close(state) == 0 && system(command) == 0 ? 0 : -1;
}

static int begin(void **state)
{
    const int result = fixture_begin(state);

    db_test_sql(db_test.db, "TRUNCATE artifact_chunks");
    return result;
}
#define artifact_test(test) cmocka_unit_test_setup_teardown(test, begin, fixture_end)

static struct test_agent with_build(const char *name)
{
    struct test_agent agent = fixture_agent(name, 4);

    (void)fixture_request("linux", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    return agent;
}

static int put(const struct test_agent *agent, const char *text, const char **hash)
{
    const struct ci_bytes bytes = {text, strlen(text)};
    struct ci_response response;
    struct test_call call = {.method = "PUT", .raw = bytes};

    *hash = artifact_hash(fixture.mem, bytes);
    call.what = ci_mem_printf(fixture.mem, "blobs/%s", *hash);
    return calls_try(agent, &call, &response);
}

static int blob(const struct test_agent *agent, const char *method, const char *hash,
                struct ci_response *response)
{
    const struct test_call call = {.method = method,
                                   .what = ci_mem_printf(fixture.mem, "blobs/%s", hash)};

    return calls_try(agent, &call, response);
}

static json_t *told(const char *name, int size, const char *hash, const char *piece,
                    const char *second)
{
    json_t *pieces = json_pack("[s]", piece);

    if (second)
        json_array_append_new(pieces, json_string(second));
    return json_pack("{s:i,s:s,s:i,s:s,s:o}", "step", 0, "name", name, "size", size, "sha256", hash,
                     "chunks", pieces);
}

/* One piece and the artifact that it is the whole of. */
static void upload(const struct test_agent *agent, const char *name, const char *text)
{
    json_t *answer;
    const char *hash;

    assert_int_equal(200, put(agent, text, &hash));
    assert_int_equal(200, calls_json(agent, "POST", "artifacts",
                                     told(name, (int)strlen(text), hash, hash, NULL), &answer));
}

static size_t list(const struct test_agent *agent, const char *query)
{
    json_t *answer;

    assert_int_equal(
        200,
        calls_json(agent, "GET", ci_mem_printf(fixture.mem, "artifacts?%s", query), NULL, &answer));
    return json_array_size(json_object_get(answer, "artifacts"));
}

static void artifact__names_are_relative(void **state)
{
    static const struct {
        const char *name;
        bool good;
    } cases[] = {
        {"a",            true },
        {"a/b.txt",      true },
        {"..a/b..",      true },
        {"a b/\xc3\xa4", true },
        {"",             false},
        {"/a",           false},
        {"a/",           false},
        {"a//b",         false},
        {"..",           false},
        {"a/../b",       false},
        {"./a",          false},
        {"a\nb",         false},
        {"a\x7f",        false},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        struct ci_err err;

        assert_int_equal(cases[i].good, artifact_check_name(cases[i].name, &err));
    }
}

static void artifact__is_uploaded_piece_by_piece(void **state)
{
    struct test_agent agent = with_build("a1");
    const char *one, *two, *whole = artifact_hash(fixture.mem, (struct ci_bytes){"onetwo", 6});
    struct ci_response response;
    json_t *answer;

    (void)state;
    (void)put(&agent, "one", &one);
    two = artifact_hash(fixture.mem, (struct ci_bytes){"two", 3});
    assert_int_equal(
        409, calls_json(&agent, "POST", "artifacts", told("f", 6, whole, one, two), &answer));
    assert_int_equal(1, json_array_size(json_object_get(answer, "missing")));
    assert_string_equal(two,
                        json_string_value(json_array_get(json_object_get(answer, "missing"), 0)));
    assert_int_equal(404, blob(&agent, "HEAD", two, &response));
    assert_int_equal(200, put(&agent, "two", &two));
    assert_int_equal(200, put(&agent, "two", &two));
    assert_int_equal(200, blob(&agent, "HEAD", two, &response));
    assert_int_equal(404, blob(&agent, "GET", two, &response)); /* no artifact has it yet */
    assert_int_equal(
        400, calls_json(&agent, "POST", "artifacts", told("f", 7, whole, one, two), &answer));
    assert_int_equal(
        200, calls_json(&agent, "POST", "artifacts", told("f", 6, whole, one, two), &answer));
    assert_int_equal(
        200, calls_json(&agent, "POST", "artifacts", told("f", 6, whole, one, two), &answer));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM artifacts WHERE size = 6"));
    assert_int_equal(200, blob(&agent, "GET", two, &response));
    assert_int_equal(3, response.raw.len);
    assert_memory_equal("two", response.raw.data, 3);
    upload(&agent, "f", "other"); /* another content takes the place of the first */
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM artifacts WHERE size = 5"));
}

static void artifact__bad_ones_are_refused(void **state)
{
    struct test_agent agent = with_build("a1");
    const struct test_call liar = {
        .method = "PUT",
        .what = "blobs/0000000000000000000000000000000000000000000000000000000000000000",
        .raw = {"x", 1}
    };
    const char *hash;
    struct ci_response response;
    json_t *answer;

    (void)state;
    assert_int_equal(400, calls_try(&agent, &liar, &response));
    assert_int_equal(400, blob(&agent, "GET", "../../etc/passwd", &response));
    assert_int_equal(200, put(&agent, "x", &hash));
    assert_int_equal(
        400, calls_json(&agent, "POST", "artifacts", told("../f", 1, hash, hash, NULL), &answer));
    assert_int_equal(
        400, calls_json(&agent, "POST", "artifacts", told("f", 1, hash, "abc", NULL), &answer));
    assert_int_equal(400, calls_json(&agent, "POST", "artifacts", json_object(), &answer));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM artifacts"));
    /* An empty file has no pieces. */
    assert_int_equal(
        200, calls_json(&agent, "POST", "artifacts",
                        json_pack("{s:i,s:s,s:i,s:s,s:[]}", "step", 0, "name", "empty", "size", 0,
                                  "sha256", artifact_hash(fixture.mem, (struct ci_bytes){"", 0}),
                                  "chunks"),
                        &answer));
}

static void artifact__lists_by_where_they_are_from(void **state)
{
    struct test_agent first = with_build("a1"), second;
    struct ci_buf journal = frames_new(fixture.mem);
    json_t *answer;

    (void)state;
    upload(&first, "dist/app.tar", "app");
    upload(&first, "dist/app.txt", "text");
    assert_int_equal(2, list(&first, "from=build"));
    assert_int_equal(1, list(&first, "from=build&name=dist/app.tar"));
    assert_int_equal(2, list(&first, "from=build&name=dist/*"));
    assert_int_equal(0, list(&first, "from=build&name=app*"));
    assert_int_equal(0, list(&first, "from=parent"));
    assert_int_equal(2, list(&first, "from=buildset"));
    second = with_build("a2");
    assert_int_equal(0, list(&second, "from=builder&builder=linux")); /* it runs still */
    frames_finish(&journal, CI_SUCCESS);
    assert_int_equal(200, fixture_journal(&first, first.held[0].build, first.held[0].token, 0,
                                          frames_bytes(&journal), &answer));
    assert_int_equal(2, list(&second, "from=builder&builder=linux"));
    assert_int_equal(2, list(&second, "from=builder&builder=linux&branch=main"));
    assert_int_equal(0, list(&second, "from=builder&builder=linux&branch=other"));
    assert_int_equal(400, calls_json(&second, "GET", "artifacts?from=builder", NULL, &answer));
    assert_int_equal(400, calls_json(&second, "GET", "artifacts?from=elsewhere", NULL, &answer));
    db_test_sql(db_test.db, "UPDATE buildsets SET parent_buildid = 1 WHERE bsid = 2");
    assert_int_equal(2, list(&second, "from=parent"));
}

static void sweep(int hours, bool *more)
{
    struct ci_err err = {0};

    assert_ok(artifacts_sweep(fixture.builder,
                              ci_time_add(ci_time_now(), ci_seconds(hours * 3600 + 60)),
                              fixture.mem, more, &err),
              err);
}

static void artifact__the_sweep_takes_what_nobody_needs(void **state)
{
    struct test_agent agent = with_build("a1");
    struct ci_response response;
    const char *unused;
    bool more;

    (void)state;
    upload(&agent, "f", "needed");
    assert_int_equal(200, put(&agent, "unused", &unused));
    sweep(0, &more);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM artifact_chunks"));
    sweep(1, &more);
    assert_false(more);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM artifact_chunks"));
    assert_int_equal(404, blob(&agent, "HEAD", unused, &response));
    assert_int_equal(200, put(&agent, "unused", &unused)); /* and it may come again */
    assert_int_equal(200, blob(&agent, "HEAD", unused, &response));
}

/* A row whose piece is gone, as after a store was lost: the next upload mends it. */
static void artifact__a_lost_piece_is_stored_anew(void **state)
{
    struct test_agent agent = with_build("a1");
    struct ci_response response;
    const char *hash;

    (void)state;
    upload(&agent, "f", "mended");
    assert_int_equal(200, put(&agent, "mended", &hash));
    assert_int_equal(0, system(ci_mem_printf(fixture.mem, "rm -rf %s/chunks", directory)));
    assert_int_equal(404, blob(&agent, "HEAD", hash, &response));
    assert_int_equal(200, put(&agent, "mended", &hash));
    assert_int_equal(200, blob(&agent, "GET", hash, &response));
}

static void artifact__nothing_is_stored_without_a_store(void **state)
{
    struct test_agent agent;
    const char *hash;

    (void)state;
    fixture.settings.artifacts_dir = NULL;
    fixture_restart();
    agent = with_build("a1");
    assert_int_equal(400, put(&agent, "x", &hash));
    fixture.settings.artifacts_dir = directory;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(artifact__names_are_relative),
        artifact_test(artifact__is_uploaded_piece_by_piece),
        artifact_test(artifact__bad_ones_are_refused),
        artifact_test(artifact__lists_by_where_they_are_from),
        artifact_test(artifact__the_sweep_takes_what_nobody_needs),
        artifact_test(artifact__a_lost_piece_is_stored_anew),
        artifact_test(artifact__nothing_is_stored_without_a_store),
    };

    return cmocka_run_group_tests(tests, open_store, close_store);
}

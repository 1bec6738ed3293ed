/* SPDX-License-Identifier: Apache-2.0 */
/* Artifacts, build data and test results by REST: listed, filtered, and as bytes. */
#include "contents/artifacts.h"
#include "shared/depot.h"
#include "world.h"

#include <sodium.h>
#include <sys/stat.h>

static char directory[] = "/tmp/slipway-www.XXXXXX";
static const char content[] = "<script>one</script>two";

static void add_piece(struct ci_blobs *blobs, const char *text, size_t len)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof(hash) + 1], line[512];
    struct ci_err err = {0};

    (void)crypto_hash_sha256(hash, (const unsigned char *)text, len);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    snprintf(line, sizeof(line), "chunks/%s", hex);
    assert_ok(ci_blob_put(blobs, line, (struct ci_bytes){text, len}, &err), err);
    snprintf(line, sizeof(line),
             "INSERT INTO artifact_chunks (sha256, size) VALUES (decode('%s', 'hex'), %zu)", hex,
             len);
    db_test_sql(db_test.db, line);
    snprintf(line, sizeof(line),
             "UPDATE artifacts SET chunks = chunks || decode('%s', 'hex') WHERE name LIKE '%%html'",
             hex);
    db_test_sql(db_test.db, line);
}

/* The report of build 1 has two pieces, of 11 bytes and the rest. */
static int open_world(void **state)
{
    const struct ci_store_spec spec = {.directory = directory};
    struct ci_blobs *blobs = NULL;
    struct ci_err err = {0};

    if (world_open(state) != 0 || !mkdtemp(directory))
        return -1;
    world.www.depot = ci_depot_new(directory, NULL, world.app.config);
    assert_ok(ci_blobs_open(&spec, NULL, &blobs, &err), err);
    db_test_sql(
        db_test.db,
        "INSERT INTO artifacts (buildid, step, name, size, sha256, chunks) VALUES"
        " (1, 1, 'out/report.html', 23, '\\xab', '{}'),"
        " (1, 1, 'empty.bin', 0, '\\xcd', '{}'), (2, 0, 'x.txt', 9, '\\xef', '{\"\\\\x00\"}')");
    add_piece(blobs, content, 11);
    add_piece(blobs, content + 11, strlen(content) - 11);
    ci_blobs_close(blobs);
    db_test_sql(db_test.db, "INSERT INTO build_data (buildid, name, value, source) VALUES"
                            " (1, 'sizes', 'a b', 'step'), (1, 'odd\"name', '\\x00ff', 'step')");
    db_test_sql(db_test.db,
                "INSERT INTO test_result_sets (builderid, buildid, stepid, description, category,"
                " value_unit, tests_passed, tests_failed, complete) VALUES"
                " (1, 1, 1, 'unit', 'pass_fail', 'boolean', 2, 1, true),"
                " (1, 2, 3, 'unit', 'performance', 'ms', NULL, NULL, false)");
    db_test_sql(db_test.db,
                "INSERT INTO test_results (builderid, test_result_setid, test_name, value, line)"
                " SELECT 1, 1, 'test' || i, '1', i FROM generate_series(1, 3) i");
    return 0;
}

static int close_world(void **state)
{
    char command[64];

    ci_depot_free(world.www.depot);
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return world_close(state) == 0 && system(command) == 0 ? 0 : -1;
}

static const char *header(struct answer answer, const char *name)
{
    for (size_t i = 0; i < answer.response.headers.count; i++) {
        if (strcasecmp(answer.response.headers.items[i].name, name) == 0)
            return answer.response.headers.items[i].value;
    }
    return "";
}

static struct answer fetch(const char *path, const char *name, const char *value)
{
    struct ci_request request = world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s", path));

    if (name)
        world_header(&request, name, value);
    return world_call(rest_get, &request);
}

/* All that a stream gives, in pieces of 5 bytes. */
static const char *body(struct answer answer)
{
    struct ci_buf out;
    char piece[5];
    ssize_t len;

    ci_buf_init(&out, world.mem);
    while ((len = answer.response.stream->read(answer.response.stream->user, piece,
                                               sizeof(piece))) > 0)
        ci_buf_add(&out, piece, (size_t)len);
    answer.response.stream->free(answer.response.stream->user);
    return out.text;
}

static void artifacts__are_listed_on_their_build(void **state)
{
    (void)state;
    assert_string_equal("\"out/report.html\",\"empty.bin\"",
                        world_column(world_get("builds/1/artifacts"), "artifacts", "name"));
    assert_string_equal("\"empty.bin\"",
                        world_column(world_get("builds/1/artifacts?size=0"), "artifacts", "name"));
    assert_string_equal("2", world_column(world_get("builders/linux/builds/2/artifacts?limit=1"),
                                          "artifacts", "buildid"));
    assert_string_equal("\"ab\"", world_column(world_get("artifacts/1"), "artifacts", "sha256"));
    assert_int_equal(3, world_total(world_get("artifacts")));
    assert_string_equal(
        "404 ",
        ci_mem_strndup(world.mem, world_column(world_get("artifacts/99"), "artifacts", "name"), 4));
}

static void artifacts__come_as_they_were_and_act_for_nobody(void **state)
{
    static const char *const paths[] = {
        "builds/1/artifacts/out/report.html", "builders/1/builds/1/artifacts/out/report.html",
        "builders/linux/builds/1/artifacts/out/report.html", "artifacts/1/raw"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(paths); i++) {
        const struct answer answer = fetch(paths[i], NULL, NULL);

        assert_int_equal(200, answer.status);
        assert_true(answer.response.stream->sized);
        assert_int_equal(strlen(content), answer.response.stream->length);
        assert_string_equal("text/html; charset=utf-8", answer.response.content_type);
        assert_string_equal("\"ab\"", header(answer, "ETag"));
        assert_string_equal("nosniff", header(answer, "X-Content-Type-Options"));
        assert_memory_equal("sandbox;", header(answer, "Content-Security-Policy"), 8);
        assert_string_equal("inline; filename=\"report.html\"",
                            header(answer, "Content-Disposition"));
        assert_string_equal(content, body(answer));
    }
    assert_int_equal(404, fetch("builds/1/artifacts/out", NULL, NULL).status);
    assert_int_equal(404, fetch("builds/3/artifacts/out/report.html", NULL, NULL).status);
    assert_int_equal(304, fetch(paths[0], "if-none-match", "\"x\", W/\"ab\"").status);
    assert_int_equal(500, fetch("artifacts/3/raw", NULL, NULL).status); /* its piece is lost */
}

static void artifacts__can_be_had_in_parts(void **state)
{
    static const struct {
        const char *range, *body, *told;
    } cases[] = {
        {"bytes=0-3",     "<scr",  "bytes 0-3/23"  },
        {"bytes=9-12",    "ne</",  "bytes 9-12/23" },
        {"bytes=20-",     "two",   "bytes 20-22/23"},
        {"bytes=-3",      "two",   "bytes 20-22/23"},
        {"bytes=20-99",   "two",   "bytes 20-22/23"},
        {"bytes=-99",     content, "bytes 0-22/23" },
        {"bytes=0-1,3-4", content, ""              },
        {"lines=0-1",     content, ""              },
        {"bytes=3-1",     content, ""              },
    };
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        answer = fetch("artifacts/1/raw", "range", cases[i].range);
        assert_int_equal(cases[i].told[0] ? 206 : 200, answer.status);
        assert_string_equal(cases[i].told, header(answer, "Content-Range"));
        assert_int_equal(strlen(cases[i].body), answer.response.stream->length);
        assert_string_equal(cases[i].body, body(answer));
    }
    answer = fetch("artifacts/1/raw", "range", "bytes=23-");
    assert_int_equal(416, answer.status);
    assert_string_equal("bytes */23", header(answer, "Content-Range"));
    answer = fetch("artifacts/2/raw", NULL, NULL);
    assert_int_equal(200, answer.status);
    assert_string_equal("attachment; filename=\"empty.bin\"",
                        header(answer, "Content-Disposition"));
    assert_string_equal("", body(answer));
}

static void data__is_listed_and_its_value_is_bytes(void **state)
{
    struct answer answer = world_get("builds/1/data");

    (void)state;
    assert_string_equal("\"odd\\\"name\",\"sizes\"", world_column(answer, "build_data", "name"));
    assert_string_equal("2,3", world_column(answer, "build_data", "length"));
    assert_string_equal("null,null", world_column(answer, "build_data", "value"));
    assert_string_equal("\"sizes\"", world_column(world_get("builders/linux/builds/1/data/sizes"),
                                                  "build_data", "name"));
    answer = fetch("builds/1/data/sizes/value", NULL, NULL);
    assert_int_equal(3, answer.response.raw.len);
    assert_string_equal("application/octet-stream", answer.response.content_type);
    assert_string_equal("attachment; filename=\"sizes\"", header(answer, "Content-Disposition"));
    answer = fetch("builds/1/data/odd\"name/value", NULL, NULL);
    assert_string_equal("attachment; filename=\"odd_name\"", header(answer, "Content-Disposition"));
    assert_int_equal(404, fetch("builds/2/data/sizes/value", NULL, NULL).status);
}

static void results__are_found_from_everywhere(void **state)
{
    (void)state;
    assert_string_equal("1,2", world_column(world_get("test_result_sets"), "test_result_sets",
                                            "test_result_setid"));
    assert_string_equal("1", world_column(world_get("test_result_sets?complete=true"),
                                          "test_result_sets", "test_result_setid"));
    assert_string_equal("2,null", world_column(world_get("builders/1/test_result_sets"),
                                               "test_result_sets", "tests_passed"));
    assert_string_equal("1,null", world_column(world_get("builders/linux/test_result_sets"),
                                               "test_result_sets", "tests_failed"));
    assert_string_equal("\"ms\"", world_column(world_get("builds/2/test_result_sets"),
                                               "test_result_sets", "value_unit"));
    assert_string_equal(
        "1", world_column(world_get("steps/1/test_result_sets"), "test_result_sets", "buildid"));
    assert_string_equal("\"unit\"", world_column(world_get("test_result_sets/2"),
                                                 "test_result_sets", "description"));
    assert_string_equal("\"test3\",\"test2\"",
                        world_column(world_get("test_result_sets/1/results?order=-line&limit=2"),
                                     "test_results", "test_name"));
    assert_int_equal(0, world_total(world_get("test_result_sets/2/results")));
}

static void pins__are_set_and_taken_off(void **state)
{
    (void)state;
    assert_string_equal("false", world_column(world_get("builds/1"), "builds", "pinned"));
    assert_int_equal(200, world_post("builds/1", "pin", "{}").status);
    assert_string_equal("true", world_column(world_get("builds/1"), "builds", "pinned"));
    assert_int_equal(200, world_post("builders/linux/builds/1", "unpin", "{}").status);
    assert_string_equal("false", world_column(world_get("builds/1"), "builds", "pinned"));
    assert_string_equal("null", world_column(world_get("builds/1"), "builds", "environment"));
    assert_string_equal("null", world_column(world_get("steps/1"), "steps", "group"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(artifacts__are_listed_on_their_build),
        world_test(artifacts__come_as_they_were_and_act_for_nobody),
        world_test(artifacts__can_be_had_in_parts),
        world_test(data__is_listed_and_its_value_is_bytes),
        world_test(results__are_found_from_everywhere),
        world_test(pins__are_set_and_taken_off),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Windows of lines and raw streams, over chunks in the database. */
#include "contents/log_chunks.h"
#include "contents/logs.h"
#include "world.h"

static void window__follows_buildbots_bounds(void **state)
{
    static const struct {
        struct log_window window;
        int64_t lines, first, last; /* last -1: not found */
    } cases[] = {
        {{{false, 0}, {false, 0}},       10, 0,  9 },
        {{{true, 3}, {false, 0}},        10, 3,  9 },
        {{{true, 3}, {true, 2}},         10, 3,  4 },
        {{{true, 9}, {true, 1}},         10, 9,  9 },
        {{{true, 9}, {true, 2}},         10, 9,  9 },
        {{{true, 12}, {true, 2}},        10, 12, 9 },
        {{{true, 10}, {false, 0}},       10, 0,  -1},
        {{{true, 0}, {true, 0}},         10, 0,  -1},
        {{{true, -1}, {true, 1}},        10, 0,  -1},
        {{{true, 1}, {true, INT64_MAX}}, 10, 1,  9 },
        {{{false, 0}, {false, 0}},       0,  0,  0 },
        {{{true, 1}, {false, 0}},        0,  0,  -1},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        int64_t first, last;
        bool found = logs_window(cases[i].window, cases[i].lines, &first, &last);

        assert_int_equal(cases[i].last >= 0, found);
        if (found) {
            assert_int_equal(cases[i].first, first);
            assert_int_equal(cases[i].last, last);
        }
    }
}

static void lines__are_cut_and_stripped(void **state)
{
    char text[] = "oone\netwo\n\nhx";
    struct ci_bytes lines = log_lines((struct ci_bytes){text, strlen(text)}, 1, 1);

    (void)state;
    assert_int_equal(5, lines.len);
    assert_memory_equal("etwo\n", lines.data, 5);
    lines = log_lines((struct ci_bytes){text, strlen(text)}, 3, 99);
    assert_memory_equal("hx", lines.data, lines.len);
    lines = log_lines((struct ci_bytes){text, strlen(text)}, 9, 9);
    assert_int_equal(0, lines.len);
    size_t len = log_strip(text, strlen(text));
    assert_int_equal(strlen("one\ntwo\nx"), len);
    assert_memory_equal("one\ntwo\nx", text, len);
}

/* Three chunks of four lines for log 1: "oline 0" to "eline 11". */
static int add_chunks(void **state)
{
    struct ci_err err = {0};
    static const struct ci_stmt add = {
        "add", "INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content) "
               "VALUES (1, $1, 4, $2::bigint::int, $3)"};

    if (world_open(state) != 0)
        return -1;
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    for (int first = 0; first < 12; first += 4) {
        struct ci_buf text;

        ci_buf_init(&text, mem);
        for (int line = first; line < first + 4; line++)
            ci_buf_printf(&text, "%cline %d%s\n", line < 11 ? 'o' : 'e', line,
                          line == 5 ? " \xff\xc3\xa9" : "");
        struct ci_bytes packed = ci_compress(mem, (struct ci_bytes){text.text, text.len});
        assert_ok(ci_db_exec(&tx, &add, CI_ARGS(ci_arg(first), ci_arg(text.len), ci_arg(packed)),
                             NULL, &err),
                  err);
    }
    assert_ok(ci_tx_commit(&tx, &err), err);
    db_test_sql(db_test.db, "UPDATE logs SET num_lines = 12 WHERE logid = 1");
    return 0;
}

static const char *content(const char *path)
{
    struct answer answer = world_get(path);

    if (answer.status != 200)
        return ci_mem_printf(world.mem, "%d", answer.status);
    return json_string_value(json_object_get(world_first(answer, "logchunks"), "content"));
}

static void contents__are_a_window_of_lines(void **state)
{
    json_t *chunk;

    (void)state;
    assert_string_equal("oline 0\n", content("logs/1/contents?limit=1"));
    assert_string_equal("oline 3\noline 4\n", content("logs/1/contents?offset=3&limit=2"));
    assert_string_equal("oline 7\noline 8\n",
                        content("builds/1/steps/git/logs/stdio/contents?offset=7&limit=2"));
    assert_string_equal("oline 10\neline 11\n", content("steps/1/logs/stdio/contents?offset=10"));
    assert_int_equal(12 * 8 + 2 + 5 + 1, strlen(content("logs/1/contents")));
    assert_string_equal("404", content("logs/1/contents?offset=12"));
    assert_string_equal("eline 11\n", content("logs/1/contents?offset=11&limit=2"));
    assert_string_equal("", content("logs/1/contents?offset=12&limit=2"));
    assert_string_equal("404", content("logs/1/contents?limit=0"));
    assert_string_equal("404", content("logs/77/contents"));
    assert_string_equal("400", content("logs/1/contents?offset=x"));
    chunk = world_first(world_get("logs/1/contents?offset=3&limit=2"), "logchunks");
    assert_int_equal(3, json_integer_value(json_object_get(chunk, "firstline")));
    assert_int_equal(1, json_integer_value(json_object_get(chunk, "logid")));
}

static void contents__show_bytes_that_are_no_text(void **state)
{
    (void)state;
    assert_string_equal("oline 5 \xEF\xBF\xBD\xc3\xa9\n",
                        content("logs/1/contents?offset=5&limit=1"));
}

/* Reads a stream to its end, `piece` bytes at most at a time. */
static const char *drain(struct ci_response *response, size_t piece)
{
    struct ci_buf text;
    char bytes[100];
    ssize_t len;

    ci_buf_init(&text, world.mem);
    while ((len = response->stream->read(response->stream->user, bytes, piece)) >= 0)
        ci_buf_add(&text, bytes, (size_t)len);
    response->stream->free(response->stream->user);
    return text.text;
}

static void raw__streams_without_prefixes(void **state)
{
    struct answer answer = world_get("logs/1/raw");
    const char *text = drain(&answer.response, 7);

    (void)state;
    assert_memory_equal("Builder: linux\nBuild number: 1\nWorker name: w1\nline 0\nline 1\n", text,
                        61);
    assert_non_null(strstr(text, "\nline 5 \xff\xc3\xa9\nline 6\n"));
    assert_non_null(strstr(text, "\nline 10\nline 11\n"));
    assert_string_equal("attachment; filename=linux_build_1_step_git_log_stdio",
                        ci_pairs_get(answer.response.headers, "Content-Disposition"));
    assert_string_equal("text/plain; charset=utf-8", answer.response.content_type);
}

static void raw_inline__is_shown_and_harmless(void **state)
{
    struct answer answer;

    (void)state;
    db_test_sql(db_test.db, "UPDATE logs SET type = 'h' WHERE logid = 1");
    answer = world_get("logs/1/raw_inline");
    db_test_sql(db_test.db, "UPDATE logs SET type = 's' WHERE logid = 1");
    assert_memory_equal("oline 0\n", drain(&answer.response, 100), 8);
    assert_null(ci_pairs_get(answer.response.headers, "Content-Disposition"));
    assert_string_equal("text/html; charset=utf-8", answer.response.content_type);
    assert_non_null(
        strstr(ci_pairs_get(answer.response.headers, "Content-Security-Policy"), "sandbox"));
}

static void raw__of_an_empty_log_has_its_head_only(void **state)
{
    struct answer answer = world_get("logs/4/raw");

    (void)state;
    assert_string_equal("Builder: linux\nBuild number: 2\nWorker name: w1\n",
                        drain(&answer.response, 100));
    assert_string_equal("attachment; filename=linux_build_2_step_make_all_log_stdio",
                        ci_pairs_get(answer.response.headers, "Content-Disposition"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(window__follows_buildbots_bounds),
        world_test(lines__are_cut_and_stripped),
        world_test(contents__are_a_window_of_lines),
        world_test(contents__show_bytes_that_are_no_text),
        world_test(raw__streams_without_prefixes),
        world_test(raw_inline__is_shown_and_harmless),
        world_test(raw__of_an_empty_log_has_its_head_only),
    };

    return cmocka_run_group_tests_name("www.logs", tests, add_chunks, world_close);
}

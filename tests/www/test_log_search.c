/* SPDX-License-Identifier: Apache-2.0 */
/* Searches in logs: options, both ways through chunks, both directions, costly patterns; and times.
 */
#include "contents/log_match.h"
#include "shared/clock.h"
#include "shared/compress.h"
#include "world.h"

enum { LINES = 40, CHUNK = 8 };

/* Log 1: "oline 0" ... in chunks of eight lines; every tenth is "eError: line N". Chunk 2 has
 * colours. */
static void line_text(struct ci_buf *out, int line)
{
    if (line % 10 == 9)
        ci_buf_printf(out, "eError: line %d\n", line);
    else if (line / CHUNK == 2)
        ci_buf_printf(out, "o\x1b[1mli\x1b[0mne %d \xf0\x9f\x9a\xa2 \xc3\x89t\xc3\xa9 ship\n",
                      line);
    else
        ci_buf_printf(out, "oline %d\n", line);
}

static int add_chunks(void **state)
{
    struct ci_err err = {0};
    static const struct ci_stmt add = {
        "add",
        "INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content, at) VALUES"
        " (1, $1, 8, $2::bigint::int, $3, to_timestamp(1000 + $1 / 1000.0))"};

    if (world_open(state) != 0)
        return -1;
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    for (int first = 0; first < LINES; first += CHUNK) {
        struct ci_buf text;

        ci_buf_init(&text, mem);
        for (int line = first; line < first + CHUNK; line++)
            line_text(&text, line);
        struct ci_bytes packed = ci_compress(mem, (struct ci_bytes){text.text, text.len});
        assert_ok(ci_db_exec(&tx, &add, CI_ARGS(ci_arg(first), ci_arg(text.len), ci_arg(packed)),
                             NULL, &err),
                  err);
    }
    assert_ok(ci_tx_commit(&tx, &err), err);
    db_test_sql(db_test.db, "UPDATE logs SET num_lines = 40 WHERE logid = 1");
    return 0;
}

/* "9 19 29 39", or the status and what went wrong. */
static const char *lines_of(struct answer answer)
{
    struct ci_buf text;
    json_t *match;
    size_t i;

    ci_buf_init(&text, world.mem);
    if (answer.status != 200) {
        ci_buf_printf(&text, "%d", answer.status);
        return text.text;
    }
    ci_buf_puts(&text, "");
    json_array_foreach(json_object_get(answer.json, "logmatches"), i, match)
        ci_buf_printf(&text, "%s%lld", i ? " " : "",
                      (long long)json_integer_value(json_object_get(match, "line")));
    return text.text;
}

static const char *search(const char *options)
{
    return lines_of(world_get(ci_mem_printf(world.mem, "logs/1/search?%s", options)));
}

static void assert_spans(const char *expected, const json_t *match)
{
    char *text = json_dumps(json_object_get(match, "spans"), 0);

    assert_string_equal(expected, text);
    free(text);
}

static json_t *next_of(const char *options)
{
    struct answer answer = world_get(ci_mem_printf(world.mem, "logs/1/search?%s", options));

    return json_object_get(json_object_get(answer.json, "meta"), "next");
}

static void text__is_found_over_all_chunks(void **state)
{
    (void)state;
    assert_string_equal("9 19 29 39", search("q=error"));
    assert_string_equal("9 19 29 39", search("q=Error: l&case=true"));
    assert_string_equal("", search("q=error&case=true"));
    assert_string_equal("3 30 31 32 33 34 35 36 37 38 39", search("q=line 3"));
    /* Through colours, beside characters of other scripts, in either case. */
    assert_string_equal("16 17 18 20 21 22 23", search("q=\xc3\x89T\xc3\x89 SHIP"));
    /* The letters of streams are no part of lines. */
    assert_string_equal("", search("q=oline"));
    assert_string_equal("", search("q=eError"));
    assert_string_equal("9 19 29 39", search("q=line&stream=e"));
    assert_string_equal("39", search("q=line&stream=e&from=30"));
    assert_string_equal("9", search("q=line&stream=e&to=18"));
    assert_string_equal("19", search("q=line&stream=e&from=10&to=28"));
    assert_string_equal("", search("q=line&from=40"));
    /* No text is in every line. */
    assert_string_equal("9 19 29 39", search("stream=e"));
    assert_string_equal("4 5 6", search("q=&from=4&to=6"));
    assert_string_equal("404", lines_of(world_get("logs/77/search?q=x")));
    assert_string_equal("9 19 29 39",
                        lines_of(world_get("builds/1/steps/git/logs/stdio/search?q=error")));
}

static void a_limit_says_where_to_go_on(void **state)
{
    (void)state;
    assert_string_equal("9 19", search("q=error&limit=2"));
    assert_int_equal(20, json_integer_value(next_of("q=error&limit=2")));
    assert_string_equal("29 39", search("q=error&limit=2&from=20"));
    assert_true(json_is_null(next_of("q=error&limit=2&from=20")));
    assert_true(json_is_null(next_of("q=nowhere")));
    assert_int_equal(17, json_integer_value(next_of("q=^line&regex=1&limit=1&from=16")));
    assert_int_equal(22, json_integer_value(next_of("q=line&limit=1&from=23&direction=backward")));
}

static void backward__the_nearest_come_first(void **state)
{
    (void)state;
    assert_string_equal("39 29 19 9", search("q=error&direction=backward"));
    assert_string_equal("19 9", search("q=error&direction=backward&from=28"));
    assert_string_equal("29", search("q=error&direction=backward&from=29&limit=1"));
    assert_string_equal("28 27", search("q=line&direction=backward&from=28&limit=2"));
    assert_string_equal("23 22", search("q=^line&regex=1&direction=backward&from=23&limit=2"));
    assert_string_equal("19", search("q=error&direction=backward&from=28&to=10"));
    assert_string_equal("2 1 0", search("q=line&direction=backward&from=2"));
}

static void regex__is_matched_line_by_line(void **state)
{
    (void)state;
    assert_string_equal("7", search("q=^line 7$&regex=true"));
    assert_string_equal("9 19 29 39", search("q=^error: .*9$&regex=true"));
    assert_string_equal("16 17 18 20 21 22 23", search("q=line \\d+ . \\w+&regex=true"));
    assert_string_equal("10 11 12", search("q=line 1[0-2]&regex=true"));
    assert_string_equal("", search("q=line 1[0-2]"));
    assert_string_equal("", search("q=0\\s+oline&regex=true"));
}

static void spans__are_told_as_javascript_counts(void **state)
{
    json_t *match;

    (void)state;
    match = world_first(world_get("logs/1/search?q=line&from=3&limit=1"), "logmatches");
    assert_string_equal("line 3", json_string_value(json_object_get(match, "text")));
    assert_string_equal("o", json_string_value(json_object_get(match, "stream")));
    assert_spans("[0, 4]", match);
    match = world_first(world_get("logs/1/search?q=i&from=16&limit=1"), "logmatches");
    assert_string_equal("line 16 \xf0\x9f\x9a\xa2 \xc3\x89t\xc3\xa9 ship",
                        json_string_value(json_object_get(match, "text")));
    assert_spans("[1, 2, 17, 18]", match);
    /* What matches nothing at all marks the line alone. */
    match = world_first(world_get("logs/1/search?q=x*&regex=1&limit=1"), "logmatches");
    assert_spans("[]", match);
}

static void errors_and_marks__are_known(void **state)
{
    static const struct {
        enum log_find find;
        const char *line;
        bool found;
    } cases[] = {
        {LOG_FIND_ERRORS,   "main.c:3:1: error: expected ';'",         true },
        {LOG_FIND_ERRORS,   "error[E0308]: mismatched types",          true },
        {LOG_FIND_ERRORS,   "src/a.ts(1,2): error TS2322: no",         true },
        {LOG_FIND_ERRORS,   "TypeError: x is not a function",          true },
        {LOG_FIND_ERRORS,   "make: *** [all] Error 2",                 true },
        {LOG_FIND_ERRORS,   "npm ERR! code 1",                         true },
        {LOG_FIND_ERRORS,   "--- FAIL: TestX (0.00s)",                 true },
        {LOG_FIND_ERRORS,   "FAILED test_x.py::y",                     true },
        {LOG_FIND_ERRORS,   "Traceback (most recent call last):",      true },
        {LOG_FIND_ERRORS,   "panic: runtime error",                    true },
        {LOG_FIND_ERRORS,   "thread 'main' panicked at src/x.rs",      true },
        {LOG_FIND_ERRORS,   "fatal: not a git repository",             true },
        {LOG_FIND_ERRORS,   "not ok 3 - adds",                         true },
        {LOG_FIND_ERRORS,   "0 errors, 0 failed",                      false},
        {LOG_FIND_ERRORS,   "cc -c error_handler.c",                   false},
        {LOG_FIND_ERRORS,   "main.c:3:1: warning: unused",             false},
        {LOG_FIND_WARNINGS, "main.c:3:1: warning: unused",             true },
        {LOG_FIND_WARNINGS, "WARN deprecated",                         true },
        {LOG_FIND_WARNINGS, "fatal: no",                               true },
        {LOG_FIND_MARKS,    "::group::Install",                        true },
        {LOG_FIND_MARKS,    "##[endgroup]",                            true },
        {LOG_FIND_MARKS,    "\x1b[0Ksection_start:1560896352:build\r", true },
        {LOG_FIND_MARKS,    "the ::groups:: of it",                    false},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct log_matcher *matcher;
    struct ci_err err = {0};
    size_t start, end;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        const struct log_query query = {.find = cases[i].find};
        const struct ci_bytes line = {cases[i].line, strlen(cases[i].line)};

        assert_ok(log_matcher_new(mem, &query, &matcher, &err), err);
        if (cases[i].found != (log_matcher_find(matcher, line, 0, &start, &end) == LOG_MATCH))
            fail_msg("%s", cases[i].line);
    }
    assert_string_equal("9 19 29 39", search("find=errors"));
    assert_string_equal("39", search("find=errors&direction=backward&limit=1"));
}

static void nonsense__is_refused_with_its_place(void **state)
{
    static const struct {
        const char *options, *text;
    } cases[] = {
        {"q=a(b&regex=1",               "invalid regular expression at character 4 of"},
        {"q=\xc3\xa9\xc3\xa9[&regex=1", "invalid regular expression at character 4 of"},
        {"q=a\\C&regex=1",              "invalid regular expression"                  },
        {"q=x&regex=maybe",             "invalid regex"                               },
        {"q=x&find=all",                "invalid find"                                },
        {"q=x&find=errors",             "q goes with find=text only"                  },
        {"q=x&from=-1",                 "invalid from"                                },
        {"q=x&limit=0",                 "invalid limit"                               },
        {"q=x&direction=up",            "invalid direction"                           },
        {"q=x&stream=x",                "invalid stream"                              },
        {"q=a\nb",                      "control character"                           },
        {"q=\xff",                      "no UTF-8"                                    },
        {"q=x&colour=red",              "unrecognized query parameter 'colour'"       },
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        struct answer answer =
            world_get(ci_mem_printf(world.mem, "logs/1/search?%s", cases[i].options));

        assert_int_equal(400, answer.status);
        if (!strstr(answer.text, cases[i].text))
            fail_msg("%s: %s", cases[i].options, answer.text);
    }
    char *most = ci_mem_alloc(world.mem, LOG_QUERY_MAX + 2);
    memset(most, 'x', LOG_QUERY_MAX + 1);
    most[LOG_QUERY_MAX + 1] = '\0';
    assert_string_equal("400", search(ci_mem_printf(world.mem, "q=%s", most)));
    most[LOG_QUERY_MAX] = '\0';
    assert_string_equal("", search(ci_mem_printf(world.mem, "q=%s", most)));
}

static void costly_patterns__are_given_up(void **state)
{
    static const char *const patterns[] = {"(x+x+)+y", "(a|a)*b", "^(([a-z])+.)+[A-Z]([a-z])+$",
                                           "(.*)*\\1z", "(?:(?:(?:x*)*)*)*y"};
    CI_AUTO_MEM mem = ci_mem_new();
    char line[30000];
    struct log_matcher *matcher;
    struct ci_err err = {0};
    size_t start, end;

    (void)state;
    memset(line, 'x', sizeof(line));
    for (size_t i = 0; i < CI_COUNT(patterns); i++) {
        const struct log_query query = {.text = patterns[i], .regex = true};
        const struct ci_mono before = ci_mono_now();

        assert_ok(log_matcher_new(mem, &query, &matcher, &err), err);
        assert_int_not_equal(
            LOG_MATCH,
            log_matcher_find(matcher, (struct ci_bytes){line, sizeof(line)}, 0, &start, &end));
        assert_true(ci_mono_since(ci_mono_now(), before).us < 2000000);
    }
    const struct log_query huge = {.text = "((((a{1,200}){1,200}){1,200}){1,200})", .regex = true};
    assert_false(log_matcher_new(mem, &huge, &matcher, &err));
}

static void times__are_told_by_chunk(void **state)
{
    struct answer answer = world_get("logs/1/times?offset=10&limit=10");
    json_t *times = json_object_get(answer.json, "logtimes");

    (void)state;
    assert_int_equal(200, answer.status);
    assert_int_equal(2, json_array_size(times));
    assert_int_equal(8, json_integer_value(json_object_get(json_array_get(times, 0), "firstline")));
    assert_int_equal(1000008, json_integer_value(json_object_get(json_array_get(times, 0), "ms")));
    assert_int_equal(16,
                     json_integer_value(json_object_get(json_array_get(times, 1), "firstline")));
    assert_int_equal(5,
                     json_array_size(json_object_get(world_get("logs/1/times").json, "logtimes")));
    assert_int_equal(404, world_get("logs/1/times?offset=40").status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(text__is_found_over_all_chunks),
        world_test(a_limit_says_where_to_go_on),
        world_test(backward__the_nearest_come_first),
        world_test(regex__is_matched_line_by_line),
        world_test(spans__are_told_as_javascript_counts),
        world_test(errors_and_marks__are_known),
        world_test(nonsense__is_refused_with_its_place),
        world_test(costly_patterns__are_given_up),
        world_test(times__are_told_by_chunk),
    };

    return cmocka_run_group_tests_name("www.log_search", tests, add_chunks, world_close);
}

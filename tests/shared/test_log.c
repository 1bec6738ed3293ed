/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on stderr, read back from a file in its place. */
#include "ci_test.h"
#include "shared/log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *captured;
static int real_stderr;

static int capture(void **state)
{
    (void)state;
    captured = tmpfile();
    real_stderr = dup(STDERR_FILENO);
    return captured && dup2(fileno(captured), STDERR_FILENO) >= 0 ? 0 : -1;
}

static int release(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    fclose(captured);
    ci_log_setup(NULL, CI_INFO);
    return 0;
}

/* What was logged since capture(), after the time of its first line. */
static const char *logged(char *out, size_t size)
{
    ssize_t len = pread(fileno(captured), out, size - 1, 0);
    const char *level;

    out[len > 0 ? len : 0] = '\0';
    level = strstr(out, " level=");
    return level ? level + 1 : "";
}

static void log__writes_logfmt(void **state)
{
    char text[4096];

    (void)state;
    ci_log_setup("builder", CI_INFO);
    ci_log(CI_INFO, "build.started", ci_kv("build", 7), ci_kv("worker", "w1"),
           ci_kv("big", INT64_MIN), ci_kv("yes", true));
    assert_string_equal("level=info service=builder event=build.started build=7 worker=w1"
                        " big=-9223372036854775808 yes=1\n",
                        logged(text, sizeof(text)));
    assert_int_equal(0, strncmp(text, "ts=2", 4));
    assert_int_equal(strlen("ts=2026-01-02T03:04:05.678901Z "), logged(text, sizeof(text)) - text);
}

static void log__quotes_what_needs_it(void **state)
{
    char text[4096];

    (void)state;
    ci_log(CI_WARN, "x", ci_kv("a", "two words"), ci_kv("b", ""), ci_kv("c", "q\"\\\n\t\r\x01"),
           ci_kv("d", "k=v"), ci_kv("e", "ünï"), ci_kv("f", (const char *)NULL));
    assert_string_equal("level=warn event=x a=\"two words\" b=\"\" c=\"q\\\"\\\\\\n\\t\\r\\x01\""
                        " d=\"k=v\" e=ünï f=\"\"\n",
                        logged(text, sizeof(text)));
}

static void log__leaves_out_lower_levels(void **state)
{
    char text[4096];

    (void)state;
    ci_log_setup("x", CI_WARN);
    ci_log(CI_INFO, "quiet", ci_kv("a", 1));
    assert_string_equal("", logged(text, sizeof(text)));
    ci_log(CI_ERROR, "loud", ci_kv("a", 1));
    assert_string_equal("level=error service=x event=loud a=1\n", logged(text, sizeof(text)));
}

static void log__cuts_long_lines(void **state)
{
    char value[10000], text[10000];
    size_t len;

    (void)state;
    memset(value, 'x', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    ci_log(CI_INFO, "long", ci_kv("a", value), ci_kv("b", 1));
    logged(text, sizeof(text));
    len = strlen(text);
    assert_true(len <= 4096);
    assert_string_equal("...\n", text + len - 4);
}

enum { THREADS = 4, LINES = 200 };

static void *log_much(void *arg)
{
    for (int i = 0; i < LINES; i++)
        ci_log(CI_INFO, "many", ci_kv("thread", (const char *)arg), ci_kv("i", i));
    return NULL;
}

static void log__keeps_the_lines_of_threads_apart(void **state)
{
    static char names[THREADS][2] = {"a", "b", "c", "d"};
    pthread_t threads[THREADS];
    char line[4096];
    int count = 0;

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, log_much, names[i]));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    rewind(captured);
    while (fgets(line, sizeof(line), captured)) {
        assert_int_equal(0, strncmp(line, "ts=", 3));
        assert_non_null(strstr(line, " event=many thread="));
        count++;
    }
    assert_int_equal(THREADS * LINES, count);
}

static void level__is_parsed(void **state)
{
    enum ci_level level = CI_INFO;

    (void)state;
    assert_true(ci_level_parse("error", &level));
    assert_int_equal(CI_ERROR, level);
    assert_false(ci_level_parse("loud", &level));
    assert_int_equal(CI_ERROR, level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(log__writes_logfmt, capture, release),
        cmocka_unit_test_setup_teardown(log__quotes_what_needs_it, capture, release),
        cmocka_unit_test_setup_teardown(log__leaves_out_lower_levels, capture, release),
        cmocka_unit_test_setup_teardown(log__cuts_long_lines, capture, release),
        cmocka_unit_test_setup_teardown(log__keeps_the_lines_of_threads_apart, capture, release),
        cmocka_unit_test(level__is_parsed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

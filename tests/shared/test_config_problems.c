/* SPDX-License-Identifier: Apache-2.0 */
/* Every file of tests/shared/config/ has exactly the problems that stand in its .txt. */
#include "ci_test.h"
#include "shared/config.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(void *mem, const char *path, size_t *len)
{
    enum { MAX = 1 << 20 };
    char *text = ci_mem_alloc(mem, MAX);
    FILE *file = fopen(path, "rbe");

    if (!file)
        fail_msg("could not open %s", path);
    *len = fread(text, 1, MAX - 1, file);
    (void)fclose(file);
    return text;
}

static char *problems_of(void *mem, const char *text, size_t len)
{
    struct ci_config *config;
    struct ci_list problems;
    struct ci_buf out;

    ci_buf_init(&out, mem);
    if (ci_config_parse("slipway.yaml", text, len, mem, &config, &problems))
        return out.text;
    CI_FOREACH(struct ci_problem, problem, problems) {
        ci_buf_printf(&out, "%d:%d: %s\n", problem->line, problem->column, problem->message);
    }
    return out.text;
}

static void config__names_every_problem(void **state)
{
    glob_t files;

    (void)state;
    assert_int_equal(0, glob(TEST_CONFIG_DIR "/*.yaml", 0, NULL, &files));
    for (size_t i = 0; i < files.gl_pathc; i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const char *path = files.gl_pathv[i];
        size_t len, expected_len;
        char *text = read_file(mem, path, &len);
        char *expected = read_file(mem, ci_mem_printf(mem, "%.*s.txt", (int)strlen(path) - 5, path),
                                   &expected_len);

        print_message("%s\n", path);
        assert_string_equal(expected, problems_of(mem, text, len));
    }
    globfree(&files);
}

static void accept_all(const char *pattern)
{
    glob_t files;

    assert_int_equal(0, glob(pattern, 0, NULL, &files));
    for (size_t i = 0; i < files.gl_pathc; i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        size_t len;
        char *text = read_file(mem, files.gl_pathv[i], &len);

        print_message("%s\n", files.gl_pathv[i]);
        assert_string_equal("", problems_of(mem, text, len));
    }
    globfree(&files);
}

static void config__accepts_the_examples(void **state)
{
    (void)state;
    accept_all(TEST_EXAMPLES_DIR "/*.yaml");
    accept_all(TEST_EXAMPLES_DIR "/templates/*.yaml");
}

static void config__refuses_too_much(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    enum { LARGE = 4 * 1024 * 1024 + 1, MANY = 100001 };
    char *large = ci_mem_alloc(mem, LARGE + 1);
    struct ci_buf many;

    (void)state;
    memset(large, '#', LARGE);
    assert_string_equal("0:0: the file is larger than 4 MiB\n", problems_of(mem, large, LARGE));
    ci_buf_init(&many, mem);
    ci_buf_puts(&many, "title: [");
    for (int i = 0; i < MANY; i++)
        ci_buf_puts(&many, "1,");
    ci_buf_puts(&many, "]");
    assert_string_equal("1:200003: more than 100000 values\n",
                        problems_of(mem, many.text, many.len));
}

/* A file of nothing but mistakes is cut short, and in time. */
static void config__stops_at_a_thousand_problems(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_config *config;
    struct ci_list problems;
    struct ci_buf text;

    (void)state;
    ci_buf_init(&text, mem);
    for (int i = 0; i < 20000; i++)
        ci_buf_printf(&text, "key%d: 1\n", i);
    assert_false(ci_config_parse("slipway.yaml", text.text, text.len, mem, &config, &problems));
    assert_int_equal(1000, problems.count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config__names_every_problem),
        cmocka_unit_test(config__accepts_the_examples),
        cmocka_unit_test(config__refuses_too_much),
        cmocka_unit_test(config__stops_at_a_thousand_problems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

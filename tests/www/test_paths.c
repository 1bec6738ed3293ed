/* SPDX-License-Identifier: Apache-2.0 */
/* Which row of the path table a path means. */
#include "ci_test.h"
#include "rest/paths.h"

#include <stdio.h>
#include <string.h>

static const struct rest_path *find(const char *path, void *mem, struct path_match *match)
{
    return paths_match(rest_paths, path, mem, match) ? match->path : NULL;
}

static void paths__prefer_the_number(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct path_match match;

    (void)state;
    assert_string_equal("builders/:n", find("builders/7", mem, &match)->pattern);
    assert_int_equal(7, match.args[0].i64);
    assert_string_equal("builders/:s", find("builders/7a", mem, &match)->pattern);
    assert_string_equal("7a", match.args[0].str);
    assert_string_equal("builders/:s/builds/:n",
                        find("builders/linux/builds/007", mem, &match)->pattern);
    assert_int_equal(2, match.nargs);
    assert_int_equal(7, match.args[1].i64);
    assert_string_equal("builds/:n", find("builds/-3", mem, &match)->pattern);
    assert_int_equal(-3, match.args[0].i64);
}

static void paths__reach_logs_however_they_are_named(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct path_match match;

    (void)state;
    assert_int_equal(REST_CONTENTS,
                     find("builders/a/builds/2/steps/3/logs/stdio/contents", mem, &match)->kind);
    assert_int_equal(4, match.nargs);
    assert_int_equal(REST_RAW, find("logs/3/raw", mem, &match)->kind);
    assert_int_equal(REST_RAW_INLINE, find("steps/3/logs/stdio/raw_inline", mem, &match)->kind);
    assert_int_equal(REST_SINGLE, find("builds/1/steps/make all/logs/x", mem, &match)->kind);
}

static void paths__end_where_they_end(void **state)
{
    static const char *const wrong[] = {"",
                                        "builds/",
                                        "/builds",
                                        "builds/x",
                                        "builds//1",
                                        "build",
                                        "builds/1/2",
                                        "builders/",
                                        "logs/stdio",
                                        "builds/-",
                                        "steps",
                                        "logs",
                                        "builds/1/steps/0/logs/",
                                        "builds/1/steps/0/logs/a/raw/x"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct path_match match;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(wrong); i++)
        if (find(wrong[i], mem, &match))
            fail_msg("%s matched %s", wrong[i], match.path->pattern);
}

static void assert_reached(const struct rest_path *path, void *mem)
{
    struct path_match match;
    char sample[200];

    snprintf(sample, sizeof(sample), "%s", path->pattern);
    for (char *at = strstr(sample, ":n"); at; at = strstr(at, ":n"))
        memcpy(at, "12", 2);
    for (char *at = strstr(sample, ":s"); at; at = strstr(at, ":s"))
        memcpy(at, "ab", 2);
    if (find(sample, mem, &match) != path)
        fail_msg("%s is never reached", path->pattern);
}

/* No row is shadowed by an earlier one, of its own table or another, that takes the same names. */
static void paths__are_all_reachable(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (const struct rest_path *const *table = rest_paths; *table; table++)
        for (const struct rest_path *path = *table; path->pattern; path++)
            assert_reached(path, mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths__prefer_the_number),
        cmocka_unit_test(paths__reach_logs_however_they_are_named),
        cmocka_unit_test(paths__end_where_they_end),
        cmocka_unit_test(paths__are_all_reachable),
    };

    return cmocka_run_group_tests_name("www.paths", tests, NULL, NULL);
}

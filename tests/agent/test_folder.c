/* SPDX-License-Identifier: Apache-2.0 */
/* Names of build folders, and making and removing them. */
#include "ci_test.h"
#include "folder.h"
#include "shared/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void folder__slugs_are_safe_and_unique(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(folder_slug(mem, "linux-x86_64", 3), "linux-x86_64");
    assert_string_equal(folder_slug(mem, "a b", 3), "_a_b.3");
    assert_string_equal(folder_slug(mem, "a/b", 4), "_a_b.4");
    assert_string_equal(folder_slug(mem, "..", 5), "___.5");
    assert_string_equal(folder_slug(mem, "-x", 6), "_-x.6");
    assert_string_equal(folder_slug(mem, "", 7), "_.7");
    assert_true(strlen(folder_slug(mem, ci_mem_printf(mem, "%0300d", 1), 8)) < 130);
}

static void folder__takes_the_lowest_free_index(void **state)
{
    (void)state;
    const int used[] = {3, 1, 2, 5};

    assert_int_equal(folder_index(NULL, 0), 1);
    assert_int_equal(folder_index(used, 4), 4);
    assert_int_equal(folder_index(used + 3, 1), 1);
}

static void folder__keeps_workdirs_inside(void **state)
{
    (void)state;
    const char *good[] = {"build", "a/b", ".", "", "a//b/", "..a", "a..", "a/...", "./build"};
    const char *bad[] = {"..", "/tmp", "a/../b", "../x", "a/..", "a//..//b", "./.."};
    struct ci_err err = {0};

    for (size_t i = 0; i < CI_COUNT(good); i++)
        assert_ok(folder_check_workdir(good[i], &err), err);
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        assert_false(folder_check_workdir(bad[i], &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
}

static void touch(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    close(fd);
}

static void folder__makes_and_removes_trees(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    char base[] = "/tmp/slipway-folder-XXXXXX";
    struct ci_err err = {0};
    const char *deep, *closed;

    assert_non_null(mkdtemp(base));
    deep = ci_mem_printf(mem, "%s/a/b/c", base);
    closed = ci_mem_printf(mem, "%s/a/closed", base);
    assert_ok(folder_make(deep, &err), err);
    assert_ok(folder_make(deep, &err), err);
    assert_ok(folder_make(closed, &err), err);
    touch(ci_mem_printf(mem, "%s/file", deep));
    touch(ci_mem_printf(mem, "%s/file", closed));
    assert_int_equal(symlink("/", ci_mem_printf(mem, "%s/a/root", base)), 0);
    assert_int_equal(chmod(closed, 0500), 0);
    assert_false(folder_make(ci_mem_printf(mem, "%s/file/x", deep), &err));
    assert_ok(folder_empty(base, &err), err);
    assert_int_equal(access(ci_mem_printf(mem, "%s/a", base), F_OK), -1);
    assert_ok(folder_remove(base, &err), err);
    assert_int_equal(access(base, F_OK), -1);
    assert_ok(folder_empty(base, &err), err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder__slugs_are_safe_and_unique),
        cmocka_unit_test(folder__takes_the_lowest_free_index),
        cmocka_unit_test(folder__keeps_workdirs_inside),
        cmocka_unit_test(folder__makes_and_removes_trees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The state folder: its files, its tokens, its lock. */
#include "ci_test.h"
#include "state.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static void *mem;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int begin(void **state)
{
    (void)state;
    mem = ci_mem_new();
    snprintf(folder, sizeof(folder), "/tmp/slipway-state-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    ci_mem_free(mem);
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static unsigned mode_of(const char *path)
{
    struct stat st = {0};

    assert_int_equal(0, stat(path, &st));
    return st.st_mode & 0777;
}

static void folders__are_made_whatever_the_umask(void **state)
{
    const char *deep = state_path(mem, folder, "a/b/c");
    mode_t before = umask(0077);
    struct ci_err err = {0};

    (void)state;
    assert_ok(state_make_dir(deep, 0755, &err), err);
    umask(before);
    assert_int_equal(0755, mode_of(state_path(mem, folder, "a")));
    assert_int_equal(0755, mode_of(deep));
    /* One that is there is left as it is. */
    assert_int_equal(0, chmod(deep, 0700));
    assert_ok(state_make_dir(deep, 0755, &err), err);
    assert_int_equal(0700, mode_of(deep));
    assert_false(state_make_dir("/proc/none/such", 0755, &err));
    assert_non_null(strstr(err.msg, "\"/proc/none\""));
}

static void files__are_replaced_whole(void **state)
{
    const char *path = state_path(mem, folder, "file");
    struct ci_bytes read = {0};
    struct ci_err err = {0};

    (void)state;
    assert_false(state_read(mem, path, &read, &err));
    assert_int_equal(CI_ENOTFOUND, err.code);
    assert_ok(state_write(path, "one", 0600, &err), err);
    assert_ok(state_write(path, "two\n", 0644, &err), err);
    assert_ok(state_read(mem, path, &read, &err), err);
    assert_int_equal(4, read.len);
    assert_memory_equal("two\n", read.data, 4);
    assert_int_equal(0644, mode_of(path));
    assert_false(state_write(state_path(mem, folder, "none/file"), "x", 0600, &err));
    assert_int_equal(CI_EUNAVAILABLE, err.code);
}

static void token__is_made_once(void **state)
{
    const char *path = state_path(mem, folder, "token"), *first = NULL, *second = NULL;
    struct ci_err err = {0};
    bool made = false;

    (void)state;
    assert_ok(state_token(mem, path, &first, &made, &err), err);
    assert_true(made);
    assert_int_equal(43, strlen(first));
    assert_int_equal(0600, mode_of(path));
    assert_ok(state_token(mem, path, &second, &made, &err), err);
    assert_false(made);
    assert_string_equal(first, second);
    /* One that people wrote, with the newline of their editor. */
    assert_ok(state_write(path, "mine\n", 0600, &err), err);
    assert_ok(state_token(mem, path, &second, &made, &err), err);
    assert_string_equal("mine", second);
}

static void lock__is_held_by_one_process(void **state)
{
    struct ci_err err = {0};
    int status = -1;
    pid_t pid;

    (void)state;
    assert_ok(state_lock(mem, folder, &err), err);
    pid = fork();
    if (pid == 0) {
        struct ci_err refused = {0};
        bool locked = state_lock(mem, folder, &refused);

        _exit(!locked && refused.code == CI_ECONFLICT && strstr(refused.msg, folder) ? 0 : 1);
    }
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_int_equal(0, status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders__are_made_whatever_the_umask, begin, end),
        cmocka_unit_test_setup_teardown(files__are_replaced_whole, begin, end),
        cmocka_unit_test_setup_teardown(token__is_made_once, begin, end),
        cmocka_unit_test_setup_teardown(lock__is_held_by_one_process, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

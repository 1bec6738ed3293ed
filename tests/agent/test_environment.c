/* SPDX-License-Identifier: Apache-2.0 */
/* What identifies an environment, what spoils it, and which ones are kept. */
#include "ci_test.h"
#include "environment.h"
#include "environment_key.h"
#include "environment_store.h"
#include "folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/slipway-environment-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    struct ci_err err;

    (void)state;
    return folder_remove(dir, &err) ? 0 : -1;
}

static void write_file(const char *name, const char *text)
{
    CI_AUTO_MEM mem = ci_mem_new();
    FILE *file = fopen(ci_mem_printf(mem, "%s/%s", dir, name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *key_of(void *mem, int64_t builderid, const char *steps)
{
    const char *const patterns[] = {"b*", "a", "none"};
    json_t *json = ci_mem_json(mem, json_pack("[s]", steps));
    struct ci_strs files;
    struct ci_err err = {0};
    const char *key = NULL;

    assert_ok(environment_files(dir, (struct ci_strs){patterns, 3}, mem, &files, &err), err);
    assert_ok(environment_key(builderid, dir, files, json, mem, &key, &err), err);
    assert_int_equal(strlen(key), ENVIRONMENT_KEY);
    return key;
}

static void environment__is_known_by_files_steps_and_builder(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *key;

    write_file("a", "1");
    write_file("b1", "2");
    key = key_of(mem, 7, "make");
    assert_string_equal(key_of(mem, 7, "make"), key);
    assert_string_not_equal(key_of(mem, 8, "make"), key);
    assert_string_not_equal(key_of(mem, 7, "cmake"), key);
    write_file("c", "3");
    assert_string_equal(key_of(mem, 7, "make"), key);
    write_file("b2", "");
    assert_string_not_equal(key_of(mem, 7, "make"), key);
    write_file("a", "12");
    write_file("b1", "");
    assert_string_not_equal(key_of(mem, 7, "make"), key);
}

/* A prepared one with one file in it. */
static struct environment prepared(const char *key, void *mem)
{
    struct environment environment = environment_at(dir, key, mem);
    struct ci_err err = {0};

    environment.builderid = 3;
    assert_ok(folder_make(environment.folder, &err), err);
    write_file(ci_mem_printf(mem, "%s/f", key), "x");
    assert_false(environment_is_whole(&environment));
    assert_ok(environment_mark(&environment, 0.5, &err), err);
    assert_true(environment_is_whole(&environment));
    return environment;
}

static void environment__is_spoilt_by_any_change(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct environment environment = prepared("00000000000000aa", mem);
    struct ci_err err = {0};

    assert_ok(folder_make(ci_mem_printf(mem, "%s/__pycache__", environment.folder), &err), err);
    assert_true(environment_is_whole(&environment));
    assert_int_equal(chmod(ci_mem_printf(mem, "%s/f", environment.folder), 0755), 0);
    assert_false(environment_is_whole(&environment));
    assert_ok(environment_mark(&environment, 0.5, &err), err);
    write_file("00000000000000aa/g", "");
    assert_false(environment_is_whole(&environment));
    assert_ok(environment_remove(&environment, &err), err);
    assert_int_equal(access(environment.folder, F_OK), -1);
    assert_int_equal(access(environment.marker, F_OK), -1);
}

static void environment__is_locked_against_its_removal(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct environment one = prepared("00000000000000bb", mem), two = one, three = one;
    struct ci_err err = {0};

    assert_true(environment_lock(&one, LOCK_SH));
    assert_true(environment_lock(&two, LOCK_SH));
    assert_false(environment_lock(&three, LOCK_EX));
    environment_unlock(&one);
    assert_true(environment_lock(&two, LOCK_EX));
    assert_ok(environment_remove(&two, &err), err);
    environment_unlock(&two);
    /* The removed lock is nobody's: a new one takes its place. */
    assert_true(environment_lock(&three, LOCK_EX));
    assert_int_equal(access(three.lock_path, F_OK), 0);
    environment_unlock(&three);
}

static void environment__keeps_those_used_last(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct environment all[ENVIRONMENTS_KEPT + 2], torn;
    struct ci_err err = {0};

    for (int i = 0; i < ENVIRONMENTS_KEPT + 2; i++) {
        struct timespec used[2] = {{.tv_sec = 1000 + i}, {.tv_sec = 1000 + i}};

        all[i] = prepared(ci_mem_printf(mem, "%016x", i + 0x100), mem);
        assert_int_equal(utimensat(AT_FDCWD, all[i].marker, used, 0), 0);
    }
    torn = prepared("00000000000000cc", mem);
    environment_spoil(&torn);
    assert_true(environment_lock(&all[0], LOCK_SH)); /* in use: not to be removed */
    environment_tidy(dir);
    assert_int_equal(access(all[0].folder, F_OK), 0);
    assert_int_equal(access(all[1].folder, F_OK), -1);
    assert_int_equal(access(all[2].folder, F_OK), 0);
    assert_int_equal(access(torn.folder, F_OK), -1);
    environment_unlock(&all[0]);
    (void)err;
}

static void environment__lists_what_is_prepared(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *home = ci_mem_printf(mem, "%s/b.environments", dir);
    struct environment environment = environment_at(home, "00000000000000dd", mem);
    struct ci_err err = {0};
    json_auto_t *list = NULL;
    char *text;

    environment.builderid = 12;
    assert_ok(folder_make(environment.folder, &err), err);
    assert_ok(environment_mark(&environment, 1, &err), err);
    list = environment_list(dir);
    text = json_dumps(list, JSON_COMPACT);
    assert_string_equal(text, "[{\"builderid\":12,\"key\":\"00000000000000dd\"}]");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(environment__is_known_by_files_steps_and_builder, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(environment__is_spoilt_by_any_change, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(environment__is_locked_against_its_removal, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(environment__keeps_those_used_last, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(environment__lists_what_is_prepared, make_dir, remove_dir),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

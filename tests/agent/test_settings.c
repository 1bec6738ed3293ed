/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of --server and --labels, and what the flags must give. */
#include "ci_test.h"
#include "settings.h"

#include <string.h>

static void settings__splits_servers(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct ci_strs servers;

    assert_ok(settings_servers(" http://a:1/ ,,https://b// ", mem, &servers, &err), err);
    assert_int_equal(servers.count, 2);
    assert_string_equal(servers.items[0], "http://a:1");
    assert_string_equal(servers.items[1], "https://b");
    assert_false(settings_servers("a:1", mem, &servers, &err));
    assert_false(settings_servers(" , ", mem, &servers, &err));
}

static void settings__reads_labels(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    json_t *labels;

    assert_ok(settings_labels("os=linux, arch=a=b,empty=", mem, &labels, &err), err);
    assert_int_equal(json_object_size(labels), 3);
    assert_string_equal(json_string_value(json_object_get(labels, "arch")), "a=b");
    assert_string_equal(json_string_value(json_object_get(labels, "empty")), "");
    assert_ok(settings_labels(NULL, mem, &labels, &err), err);
    assert_int_equal(json_object_size(labels), 0);
    assert_false(settings_labels("os", mem, &labels, &err));
    assert_false(settings_labels("=x", mem, &labels, &err));
}

static bool load(void *mem, struct settings *out, struct ci_err *err, const char *const *args)
{
    char *argv[16] = {ci_mem_strdup(mem, "slipway-agent")};
    enum ci_settings_outcome outcome;
    int argc = 1;

    for (; args[argc - 1]; argc++)
        argv[argc] = ci_mem_strdup(mem, args[argc - 1]);
    *out = (struct settings){0};
    return settings_load(argc, argv, mem, out, &outcome, err);
}
#define load(mem, out, err, ...) load((mem), (out), (err), (const char *const[]){__VA_ARGS__, NULL})

static void settings__need_a_secret_and_have_defaults(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct settings settings;

    assert_false(load(mem, &settings, &err, "--name", "w"));
    assert_non_null(strstr(err.msg, "--password"));
    assert_ok(load(mem, &settings, &err, "--password", "x"), err);
    assert_true(settings.slots >= 1);
    assert_true(strlen(settings.name) > 0);
    assert_true(settings.use_cgroup);
    assert_false(load(mem, &settings, &err, "--password", "x", "--cgroup", "on"));
    assert_false(load(mem, &settings, &err, "--password", "x", "--slots", "0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings__splits_servers),
        cmocka_unit_test(settings__reads_labels),
        cmocka_unit_test(settings__need_a_secret_and_have_defaults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

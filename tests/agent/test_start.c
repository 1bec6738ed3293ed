/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the start command. */
#include "ci_test.h"
#include "start.h"

static const char text[] =
    "{\"command\":\"start\",\"build\":7,\"token\":\"t\",\"attempt\":2,\"number\":3,"
    "\"builder\":\"linux\",\"builderid\":1,\"env\":{\"A\":\"1\",\"B\":null,\"C\":3},"
    "\"properties\":{\"p\":[1,\"x\"]},\"later\":true,"
    "\"sources\":[{\"codebase\":\"\",\"repository\":\"\"},"
    "{\"codebase\":\"a\",\"repository\":\"/r\",\"branch\":\"main\",\"revision\":null}],"
    "\"steps\":[{\"run\":{\"command\":\"make\"},\"name\":\"make\",\"halt_on_failure\":true},"
    "{\"git\":{\"depth\":1},\"name\":\"git\"}]}";

static void start__reads_the_whole_command(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct start start;
    struct ci_kvs env;
    const struct ci_step *steps;

    assert_ok(start_read(ci_mem_json(mem, json_loads(text, 0, NULL)), mem, &start, &err), err);
    assert_int_equal(start.build, 7);
    assert_int_equal(start.attempt, 2);
    assert_int_equal(start.steps.count, 2);
    steps = start.steps.items;
    assert_string_equal(((const struct ci_run_args *)steps[0].args)->command.text, "make");
    assert_true(steps[0].flags.halt_on_failure);
    assert_int_equal(steps[1].type, CI_STEP_GIT);
    env = start_env(&start, mem);
    assert_int_equal(env.count, 2);
    assert_string_equal(ci_kvs_get(env, "A"), "1");
    assert_null(ci_kvs_get(env, "B"));
}

static void start__finds_the_source_of_a_step(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct start start;

    assert_ok(start_read(ci_mem_json(mem, json_loads(text, 0, NULL)), mem, &start, &err), err);
    assert_string_equal(start_source(&start, NULL)->codebase, "a");
    assert_string_equal(start_source(&start, "/r")->branch, "main");
    assert_null(start_source(&start, "/other"));
}

static void start__names_what_is_wrong(void **state)
{
    (void)state;
    const char *bad[] = {
        "{}", "{\"build\":1,\"builder\":\"b\"}", "{\"build\":\"x\"}",
        "{\"build\":1,\"token\":\"t\",\"builder\":\"b\",\"steps\":[{\"type\":\"x\"}]}"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct start start;

    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        assert_false(start_read(ci_mem_json(mem, json_loads(bad[i], 0, NULL)), mem, &start, &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start__reads_the_whole_command),
        cmocka_unit_test(start__finds_the_source_of_a_step),
        cmocka_unit_test(start__names_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

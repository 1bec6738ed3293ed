/* SPDX-License-Identifier: Apache-2.0 */
/* Folding what few builds have: free steps, groups, locks, services, test results, data. */
#include "fold_test.h"
#include "step_flags.h"

static const struct ci_background service = {.ready = "tcp:80"};
static const struct ci_lock_use lock = {.lock = "db", .count = 1};
static struct ci_step recipe[] = {
    {.name = "git",                        .flags = {.flunk_on_failure = true}   },
    { .name = "server", .flags = {.flunk_on_failure = true},                 .background = &service},
    { .name = "load", .flags = {.flunk_on_failure = true},                       .group = "tests"},
    { .name = "locked",  .flags = {.warn_on_failure = true}, .locks = {(void *)(uintptr_t)&lock, 1}},
};

static bool fold(void *mem, const struct ci_buf *buf, struct fold_input input, struct fold *out,
                 struct ci_err *err)
{
    input.steps = (struct ci_list){recipe, CI_COUNT(recipe)};
    input.now.us = 90000000;
    return fold_written(mem, buf, &input, out, err);
}

static void fold__takes_steps_of_the_repository_where_they_are_allowed(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    ci_buf_puts(&buf, "{\"frame\":\"step_started\",\"step\":4,\"name\":\"docs\","
                      "\"flags\":[\"warn_on_failure\",\"always_run\"],\"group\":\"g\"}\n");
    frames_end(&buf, 4, CI_FAILURE);
    frames_finish(&buf, CI_SUCCESS);
    assert_false(fold(mem, &buf, (struct fold_input){0}, &out, &err));
    assert_non_null(strstr(err.msg, "no such step"));
    assert_ok(fold(mem, &buf, (struct fold_input){.free_steps = true}, &out, &err), err);
    assert_string_equal("docs", out.steps[0].name);
    assert_string_equal("g", out.steps[0].group);
    assert_int_equal(STEP_WARN_ON_FAILURE | STEP_ALWAYS_RUN, out.steps[0].flags);
    assert_int_equal(CI_WARNINGS, out.results);
    assert_string_equal("warnings docs", out.state);
}

/* What its first batch said of it counts in the later ones. */
static void fold__remembers_the_flags_of_free_steps(void **state)
{
    struct fold_stored stored[] = {
        {.number = 0, .name = "git", .complete = true, .results = {true, CI_SUCCESS}},
        {.number = 5,           .name = "spell",              .flags = STEP_WARN_ON_FAILURE    },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_end(&buf, 5, CI_FAILURE);
    frames_finish(&buf, CI_SUCCESS);
    assert_ok(fold(mem, &buf,
                   (struct fold_input){
                       .first = 3, .next = 3, .stored = {stored, 2},
                               .free_steps = true
    },
                   &out, &err),
              err);
    assert_string_equal("warnings spell", out.state);
}

static void fold__a_group_ends_in_any_order(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_begin(&buf, 2);
    frames_begin(&buf, 0);
    frames_end(&buf, 2, CI_FAILURE);
    frames_end(&buf, 0, CI_FAILURE);
    frames_finish(&buf, CI_SUCCESS);
    assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
    assert_string_equal("failed git load", out.state);
    assert_string_equal("tests", out.steps[0].group);
    assert_null(out.steps[1].group);
    assert_false(out.open_steps);
}

static void fold__counts_the_wait_for_locks(void **state)
{
    struct fold_stored stored[] = {
        {.number = 3, .name = "locked", .started_at = {2000000}},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_begin(&buf, 0);
    ci_buf_puts(&buf, "{\"frame\":\"step_locks\",\"step\":3,\"at\":7000000}\n");
    assert_ok(fold(mem, &buf,
                   (struct fold_input){
                       .stored = {stored, 1}
    },
                   &out, &err),
              err);
    assert_int_equal(out.steps[0].started_at.us, out.steps[0].locks_at.us);
    assert_int_equal(7000000, out.steps[1].locks_at.us);
    assert_true(out.steps[1].marked);
    assert_int_equal(5000000, out.locks_us);
    /* A step that needs locks has none when it begins. */
    buf = frames_new(mem);
    frames_begin(&buf, 3);
    assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
    assert_int_equal(0, out.steps[0].locks_at.us);
}

static void fold__logs_of_a_service_go_on_after_its_step(void **state)
{
    struct fold_stored stored[] = {
        {.number = 0, .name = "git", .complete = true, .results = {true, CI_SUCCESS}},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_begin(&buf, 1);
    frames_end(&buf, 1, CI_SUCCESS);
    frames_log(&buf, 1, "olistening\n");
    frames_log(&buf, 0, "olate\n"); /* of a step whose recipe knows nothing of a service */
    frames_finish(&buf, CI_SUCCESS);
    assert_ok(fold(mem, &buf,
                   (struct fold_input){
                       .stored = {stored, 1}
    },
                   &out, &err),
              err);
    assert_true(out.steps[0].flags & STEP_BACKGROUND);
    assert_true(out.steps[1].flags & STEP_BACKGROUND);
    assert_true(out.steps[1].marked);
    assert_true(out.open_steps);
    assert_int_equal(2, out.log_count);
}

static void fold__marks_logs_that_were_cut(void **state)
{
    const struct ci_bytes line = {"oend\n", 5};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    const struct ci_bytes packed = ci_compress(mem, line);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_begin(&buf, 0);
    ci_buf_printf(&buf,
                  "{\"frame\":\"log\",\"step\":0,\"log\":\"junit.xml\",\"kind\":\"s\",\"lines\":1,"
                  "\"raw\":5,\"truncated\":true,\"size\":%zu}\n",
                  packed.len);
    ci_buf_add(&buf, packed.data, packed.len);
    frames_log(&buf, 0, "oother\n");
    assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
    assert_int_equal(2, out.log_count);
    assert_string_equal("junit_xml", out.logs[0].slug);
    assert_true(out.logs[0].truncated);
    assert_false(out.logs[1].truncated);
}

static void fold__counts_tests_as_their_category_says(void **state)
{
    static const struct {
        const char *category;
        int passed, failed; /* -1: not counted */
    } cases[] = {
        {"pass_fail",   2,  1 },
        {"pass_only",   4,  -1},
        {"fail_only",   -1, 4 },
        {"code_issue",  -1, 4 },
        {"performance", -1, -1},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf buf = frames_new(mem);
        struct ci_err err = {0};
        struct fold out;

        frames_begin(&buf, 0);
        frames_tests(&buf, 0, cases[i].category,
                     "{\"name\":\"a\",\"value\":\"1\"}\n{\"name\":\"b\",\"value\":\"0\"}\n"
                     "{\"path\":\"t.py\",\"line\":7,\"duration_ns\":12,\"value\":\"1\"}\n"
                     "{\"name\":\"d\",\"value\":\"skipped\"}\n");
        assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
        assert_int_equal(1, out.test_count);
        assert_int_equal(4, out.tests[0].results.count);
        assert_int_equal(cases[i].passed >= 0, out.tests[0].passed.set);
        assert_int_equal(cases[i].failed >= 0, out.tests[0].failed.set);
        if (cases[i].passed >= 0)
            assert_int_equal(cases[i].passed, out.tests[0].passed.value);
        if (cases[i].failed >= 0)
            assert_int_equal(cases[i].failed, out.tests[0].failed.value);
        assert_true(out.steps[0].tested);
    }
}

static void fold__keeps_data_environments_and_waits(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_begin(&buf, 0);
    ci_buf_puts(&buf,
                "{\"frame\":\"build_data\",\"name\":\"n\",\"source\":\"s\",\"size\":3}\na\nb");
    ci_buf_puts(&buf, "{\"frame\":\"environment\",\"key\":\"k\",\"state\":\"prepared\","
                      "\"seconds\":2.5}\n");
    ci_buf_puts(&buf, "{\"frame\":\"waiting\",\"step\":0,\"waiting\":true}\n");
    assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
    assert_int_equal(3, out.data[0].content.len);
    assert_string_equal("prepared", out.environments[0].state);
    assert_true(out.waiting.set && out.waiting.value);
    ci_buf_puts(&buf, "{\"frame\":\"waiting\",\"step\":0,\"waiting\":false}\n");
    assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
    assert_true(out.waiting.set && !out.waiting.value);
}

static void fold__refuses_what_a_frame_must_not_say(void **state)
{
    static const char ended[] = "{\"frame\":\"step_started\",\"step\":0}\n"
                                "{\"frame\":\"step_finished\",\"step\":0,\"results\":0}\n"
                                "{\"frame\":\"step_locks\",\"step\":0}\n";
    static const char *const bad[] = {
        "{\"frame\":\"step_started\",\"step\":9}\n",
        "{\"frame\":\"step_started\",\"step\":2000,\"name\":\"n\"}\n",
        "{\"frame\":\"step_locks\",\"step\":0}\n",
        "{\"frame\":\"waiting\",\"step\":0,\"waiting\":true}\n",
        ended,
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf buf = frames_new(mem);
        struct ci_err err = {0};
        struct fold out;

        ci_buf_puts(&buf, bad[i]);
        assert_false(fold(mem, &buf, (struct fold_input){.free_steps = true}, &out, &err));
        assert_int_equal(CI_EINVALID, err.code);
    }
}

static void fold__refuses_tests_that_are_not_what_they_say(void **state)
{
    static const struct {
        const char *text;
        int results;
    } bad[] = {
        {"{\"value\":\"1\"}\n",                      2   },
        {"{\"value\":\"1\"}\n{\"value\":\"1\"}\n",   1   },
        {"{\"value\":\"1\"}",                        1   },
        {"{\"name\":\"a\"}\n",                       1   },
        {"nonsense that is long enough to be one\n", 1   },
        {"{\"value\":\"1\",\"line\":-4}\n",          1   },
        {"{\"value\":\"1\"}\n",                      9999},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf buf = frames_new(mem);
        struct ci_err err = {0};
        struct fold out;

        frames_begin(&buf, 0);
        frames_tests_as(&buf, 0, "pass_fail", bad[i].text, bad[i].results);
        assert_false(fold(mem, &buf, (struct fold_input){0}, &out, &err));
        assert_int_equal(CI_EINVALID, err.code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold__takes_steps_of_the_repository_where_they_are_allowed),
        cmocka_unit_test(fold__remembers_the_flags_of_free_steps),
        cmocka_unit_test(fold__a_group_ends_in_any_order),
        cmocka_unit_test(fold__counts_the_wait_for_locks),
        cmocka_unit_test(fold__logs_of_a_service_go_on_after_its_step),
        cmocka_unit_test(fold__marks_logs_that_were_cut),
        cmocka_unit_test(fold__counts_tests_as_their_category_says),
        cmocka_unit_test(fold__keeps_data_environments_and_waits),
        cmocka_unit_test(fold__refuses_what_a_frame_must_not_say),
        cmocka_unit_test(fold__refuses_tests_that_are_not_what_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

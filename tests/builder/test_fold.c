/* SPDX-License-Identifier: Apache-2.0 */
/* Folding frames: results, times, what comes out of order. */
#include "fold_test.h"

static struct ci_step recipe[] = {
    {.name = "git",  .flags = {.halt_on_failure = true, .flunk_on_failure = true}},
    {.name = "lint", .flags = {.warn_on_failure = true}                          },
    {.name = "test", .flags = {.flunk_on_failure = true}                         },
};

static bool fold(void *mem, const struct ci_buf *buf, struct fold_input input, struct fold *out,
                 struct ci_err *err)
{
    input.steps = (struct ci_list){recipe, CI_COUNT(recipe)};
    input.now.us = 9000000;
    return fold_written(mem, buf, &input, out, err);
}

static void fold__a_build_takes_its_steps_results(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_begin(&buf, 0);
    frames_end(&buf, 0, CI_SUCCESS);
    frames_begin(&buf, 1);
    frames_end(&buf, 1, CI_FAILURE);
    frames_finish(&buf, CI_SUCCESS);
    assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
    assert_true(out.finished);
    assert_int_equal(CI_WARNINGS, out.results);
    assert_string_equal("warnings lint", out.state);
    assert_int_equal(5, out.next);
    assert_false(out.open_steps);
}

static void fold__earlier_batches_count(void **state)
{
    struct fold_stored stored[] = {
        {.number = 0,                    .name = "git", .complete = true, .results = {true, CI_SUCCESS}},
        {.number = 2, .name = "test"             },
    };
    const struct fold_input input = {
        .first = 8, .next = 8, .stored = {stored, 2}
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_end(&buf, 2, CI_FAILURE);
    frames_finish(&buf, CI_FAILURE);
    assert_ok(fold(mem, &buf, input, &out, &err), err);
    assert_string_equal("failed test", out.state);
    assert_true(out.steps[0].stored && out.steps[0].ended);
}

static void fold__the_agents_word_counts_where_no_step_can_know(void **state)
{
    static const int said[] = {CI_CANCELLED, CI_RETRY, CI_EXCEPTION, CI_FAILURE, CI_WARNINGS};
    static const int becomes[] = {CI_CANCELLED, CI_RETRY, CI_EXCEPTION, CI_SUCCESS, CI_SUCCESS};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(said); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf buf = frames_new(mem);
        struct ci_err err = {0};
        struct fold out;

        frames_finish(&buf, said[i]);
        assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
        assert_int_equal(becomes[i], out.results);
    }
}

static void fold__skips_what_was_applied(void **state)
{
    struct fold_stored stored[] = {
        {.number = 0, .name = "git"}
    };
    const struct fold_input input = {
        .first = 0, .next = 2, .stored = {stored, 1}
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    frames_begin(&buf, 0);
    frames_log(&buf, 0, "oold\n");
    frames_log(&buf, 0, "onew\nonewer\n");
    frames_log(&buf, 0, "olast\n");
    assert_ok(fold(mem, &buf, input, &out, &err), err);
    assert_int_equal(4, out.next);
    assert_int_equal(1, out.log_count);
    assert_int_equal(3, out.logs[0].lines);
    assert_int_equal(2, out.chunk_count);
    assert_int_equal(3, out.chunks[0].lines_to_end);
    assert_int_equal(1, out.chunks[1].lines_to_end);
}

static void fold__refuses_what_is_out_of_order(void **state)
{
    static const char ended_twice[] =
        "{\"frame\":\"step_started\",\"step\":0}\n{\"frame\":\"step_finished\",\"step\":0,\"results\":0}\n"
        "{\"frame\":\"step_finished\",\"step\":0,\"results\":2}\n";
    static const char *const bad[] = {
        "{\"frame\":\"step_finished\",\"step\":0,\"results\":0}\n",
        "{\"frame\":\"url\",\"step\":0,\"name\":\"n\",\"url\":\"u\"}\n",
        "{\"frame\":\"step_started\",\"step\":3}\n",
        "{\"frame\":\"step_started\",\"step\":0}\n{\"frame\":\"step_started\",\"step\":0}\n",
        "{\"frame\":\"build_finished\"}\n{\"frame\":\"step_started\",\"step\":0}\n",
        ended_twice,
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf buf = frames_new(mem);
        struct ci_err err = {0};
        struct fold out;

        ci_buf_puts(&buf, bad[i]);
        assert_false(fold(mem, &buf, (struct fold_input){0}, &out, &err));
        assert_int_equal(CI_EINVALID, err.code);
        assert_non_null(strstr(err.msg, "frame "));
    }
}

static void fold__keeps_times_between_start_and_now(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_err err = {0};
    struct fold out;

    (void)state;
    ci_buf_puts(&buf, "{\"frame\":\"step_started\",\"step\":0,\"at\":5}\n"
                      "{\"frame\":\"step_finished\",\"step\":0,\"results\":0,\"at\":99000000}\n"
                      "{\"frame\":\"build_finished\",\"at\":8000000}\n");
    assert_ok(fold(mem, &buf, (struct fold_input){0}, &out, &err), err);
    assert_int_equal(1000000, out.steps[0].started_at.us);
    assert_int_equal(9000000, out.steps[0].complete_at.us);
    assert_int_equal(8000000, out.complete_at.us);
}

static void fold__slugs_are_addresses(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("stdio", fold_slug(mem, "stdio"));
    assert_string_equal("_est_log__1_", fold_slug(mem, "7est.log (1)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold__a_build_takes_its_steps_results),
        cmocka_unit_test(fold__earlier_batches_count),
        cmocka_unit_test(fold__the_agents_word_counts_where_no_step_can_know),
        cmocka_unit_test(fold__skips_what_was_applied),
        cmocka_unit_test(fold__refuses_what_is_out_of_order),
        cmocka_unit_test(fold__keeps_times_between_start_and_now),
        cmocka_unit_test(fold__slugs_are_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

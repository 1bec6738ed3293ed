/* SPDX-License-Identifier: Apache-2.0 */
/* Reading frames: every malformed one is refused by its number. */
#include "frames.h"
#include "journal.h"
#include "shared/result.h"

static bool parse(void *mem, const char *text, struct ci_list *frames, struct ci_err *err)
{
    return journal_parse(mem, (struct ci_bytes){text, strlen(text)}, 100, frames, err);
}

static void journal__reads_frames_with_and_without_content(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_list list = {0};
    const struct frame *frames;
    struct ci_err err;

    (void)state;
    frames_begin(&buf, 0);
    frames_log(&buf, 0, "oone\netwo\n");
    frames_finish(&buf, CI_SUCCESS);
    assert_ok(journal_parse(mem, frames_bytes(&buf), 0, &list, &err), err);
    assert_int_equal(3, list.count);
    frames = list.items;
    assert_int_equal(FRAME_STEP_STARTED, frames[0].kind);
    assert_int_equal(FRAME_LOG, frames[1].kind);
    assert_int_equal(2, frames[1].lines);
    assert_ok(journal_check_chunk(&frames[1], &err), err);
    assert_int_equal(FRAME_BUILD_FINISHED, frames[2].kind);
    assert_int_equal(CI_SUCCESS, frames[2].results.value);
}

static void journal__an_empty_batch_has_no_frames(void **state)
{
    struct ci_list list = {0};
    struct ci_err err;

    (void)state;
    assert_ok(journal_parse(NULL, (struct ci_bytes){"", 0}, 0, &list, &err), err);
    assert_int_equal(0, list.count);
}

static void journal__passes_over_keys_it_does_not_know(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list list = {0};
    struct ci_err err;

    (void)state;
    assert_ok(parse(mem, "{\"frame\":\"step_started\",\"step\":1,\"later\":[1]}\n", &list, &err),
              err);
}

static void journal__refuses_by_number(void **state)
{
    static const char *const bad[] = {
        "{\"frame\":\"step_started\",\"step\":0}",
        "nonsense\n",
        "[]\n",
        "{}\n",
        "{\"frame\":\"dance\"}\n",
        "{\"frame\":\"step_started\"}\n",
        "{\"frame\":\"step_started\",\"step\":-1}\n",
        "{\"frame\":\"step_started\",\"step\":\"0\"}\n",
        "{\"frame\":\"step_finished\",\"step\":0,\"results\":7}\n",
        "{\"frame\":\"step_finished\",\"step\":0}\n",
        "{\"frame\":\"build_finished\",\"results\":-1}\n",
        "{\"frame\":\"property\",\"value\":1}\n",
        "{\"frame\":\"url\",\"step\":0,\"name\":\"n\"}\n",
        "{\"frame\":\"log\",\"step\":0,\"log\":\"stdio\",\"kind\":\"s\",\"lines\":1,\"raw\":2,\"size\":9}\nx",
        "{\"frame\":\"log\",\"step\":0,\"log\":\"stdio\",\"kind\":\"s\",\"lines\":1,\"raw\":2,\"size\":-1}\n",
        "{\"frame\":\"log\",\"step\":0,\"log\":\"stdio\",\"kind\":\"t\",\"lines\":1,\"raw\":2,\"size\":0}\n",
        "{\"frame\":\"log\",\"step\":0,\"log\":\"stdio\",\"kind\":\"s\",\"lines\":1,\"raw\":999999999,\"size\":0}\n",
        "{\"frame\":\"log\",\"step\":0,\"log\":\"\",\"kind\":\"s\",\"lines\":1,\"raw\":2,\"size\":0}\n",
        "{\"frame\":\"step_started\",\"step\":0,\"flags\":[\"halts\"]}\n",
        "{\"frame\":\"step_started\",\"step\":0,\"flags\":\"always_run\"}\n",
        "{\"frame\":\"step_finished\",\"step\":0,\"results\":0,\"warnings\":-1}\n",
        "{\"frame\":\"step_locks\"}\n",
        "{\"frame\":\"waiting\",\"waiting\":true}\n",
        "{\"frame\":\"environment\",\"state\":\"reused\"}\n",
        "{\"frame\":\"environment\",\"key\":\"k\",\"state\":\"lost\"}\n",
        "{\"frame\":\"environment\",\"key\":\"k\",\"state\":\"reused\",\"seconds\":-1}\n",
        "{\"frame\":\"build_data\",\"name\":\"n\",\"source\":\"s\"}\n",
        "{\"frame\":\"build_data\",\"name\":\"n\",\"size\":0}\n",
        "{\"frame\":\"tests\",\"step\":0,\"description\":\"d\",\"category\":\"good\",\"unit\":\"u\","
        "\"results\":1,\"raw\":9,\"size\":0}\n",
        "{\"frame\":\"tests\",\"step\":0,\"category\":\"pass_fail\",\"unit\":\"boolean\","
        "\"results\":1,\"raw\":9,\"size\":0}\n",
        "{\"frame\":\"tests\",\"step\":0,\"description\":\"d\",\"category\":\"pass_fail\","
        "\"unit\":\"u\",\"results\":0,\"raw\":9,\"size\":0}\n",
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_list list = {0};
        struct ci_err err = {0};
        const char *text =
            ci_mem_printf(mem, "{\"frame\":\"step_started\",\"step\":0}\n%s", bad[i]);

        assert_false(parse(mem, text, &list, &err));
        assert_int_equal(CI_EINVALID, err.code);
        assert_non_null(strstr(err.msg, "frame 101: "));
    }
}

static void journal__refuses_chunks_that_are_not_what_they_say(void **state)
{
    static const struct {
        const char *text;
        int lines, raw;
    } bad[] = {
        {"oone\n",      2, 5},
        {"oone\n",      1, 6},
        {"oone\ntwo\n", 2, 9},
        {"oone\netwo",  2, 9},
        {"\n",          1, 1},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf buf = frames_new(mem);
        struct ci_list list = {0};
        struct ci_err err = {0};

        frames_log_as(&buf, 0, bad[i].text, bad[i].lines, bad[i].raw);
        assert_ok(journal_parse(mem, frames_bytes(&buf), 0, &list, &err), err);
        assert_false(journal_check_chunk(list.items, &err));
        assert_int_equal(CI_EINVALID, err.code);
    }
}

/* A small frame that expands to a lot. */
static void journal__refuses_a_bomb(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const size_t len = 64 << 20;
    char *zeros = ci_mem_alloc(mem, len);
    struct frame frame = {.raw = 5, .lines = 1};
    struct ci_err err = {0};

    (void)state;
    frame.content = ci_compress(mem, (struct ci_bytes){zeros, len});
    assert_false(journal_check_chunk(&frame, &err));
    assert_int_equal(CI_EINVALID, err.code);
}

static void journal__cuts_long_state_strings_between_characters(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf = frames_new(mem);
    struct ci_list list = {0};
    struct ci_err err;
    const char *text;

    (void)state;
    ci_buf_puts(&buf, "{\"frame\":\"step_finished\",\"step\":0,\"results\":0,\"state\":\"x");
    for (int i = 0; i < 2000; i++)
        ci_buf_puts(&buf, "é");
    ci_buf_puts(&buf, "\"}\n");
    assert_ok(journal_parse(mem, frames_bytes(&buf), 0, &list, &err), err);
    text = ((const struct frame *)list.items)->state;
    assert_int_equal(999, strlen(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal__reads_frames_with_and_without_content),
        cmocka_unit_test(journal__an_empty_batch_has_no_frames),
        cmocka_unit_test(journal__passes_over_keys_it_does_not_know),
        cmocka_unit_test(journal__refuses_by_number),
        cmocka_unit_test(journal__refuses_chunks_that_are_not_what_they_say),
        cmocka_unit_test(journal__refuses_a_bomb),
        cmocka_unit_test(journal__cuts_long_state_strings_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

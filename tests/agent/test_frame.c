/* SPDX-License-Identifier: Apache-2.0 */
/* Frames as docs/architecture.md has them. */
#include "ci_test.h"
#include "frame.h"

#include <string.h>

static void check(void *mem, void (*write)(struct ci_buf *), const char *expected)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    write(&out);
    assert_string_equal(out.text, expected);
}

static void write_started(struct ci_buf *out)
{
    frame_step_started(out, 2, "make \"all\"", (struct ci_time){1234567});
}

static void write_finished(struct ci_buf *out)
{
    frame_step_finished(out, 2, CI_FAILURE, "failed", (struct ci_time){5});
}

static void write_property(struct ci_buf *out)
{
    frame_property(out, "got_revision", "abc", "git");
}

static void write_end(struct ci_buf *out)
{
    frame_build_finished(out, CI_RETRY, "retry", (struct ci_time){6});
}

static void frame__writes_one_line_each(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    check(mem, write_started,
          "{\"frame\":\"step_started\",\"step\":2,\"name\":\"make \\\"all\\\"\",\"at\":1234567}\n");
    check(mem, write_finished,
          "{\"frame\":\"step_finished\",\"step\":2,\"results\":2,\"state\":\"failed\",\"at\":5,"
          "\"hidden\":false}\n");
    check(
        mem, write_property,
        "{\"frame\":\"property\",\"name\":\"got_revision\",\"value\":\"abc\",\"source\":\"git\"}\n");
    check(mem, write_end,
          "{\"frame\":\"build_finished\",\"results\":5,\"state\":\"retry\",\"at\":6}\n");
}

static void write_foreign(struct ci_buf *out)
{
    frame_property(out, "p", "a\xff\xc3\xa4\xc3", "x");
}

static void frame__replaces_what_is_no_utf8(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    check(mem, write_foreign,
          "{\"frame\":\"property\",\"name\":\"p\",\"value\":\"a\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\","
          "\"source\":\"x\"}\n");
}

static void frame__carries_bytes_behind_the_line(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf out;
    struct frame frame;

    ci_buf_init(&out, mem);
    frame_log(&out, 1, 3, 40, (struct ci_bytes){"\n\0\n", 3});
    assert_true(frame_read((struct ci_bytes){out.text, out.len}, &frame));
    assert_int_equal(frame.kind, FRAME_LOG);
    assert_int_equal(frame.step, 1);
    assert_int_equal(frame.size, 3);
    assert_int_equal(frame.line + frame.size, out.len);
}

static void frame__reads_every_kind(void **state)
{
    (void)state;
    void (*const writers[])(struct ci_buf *) = {write_started, write_finished, write_property,
                                                write_end};
    const enum frame_kind kinds[] = {FRAME_STEP_STARTED, FRAME_STEP_FINISHED, FRAME_PROPERTY,
                                     FRAME_BUILD_FINISHED};
    CI_AUTO_MEM mem = ci_mem_new();

    for (size_t i = 0; i < CI_COUNT(kinds); i++) {
        struct ci_buf out;
        struct frame frame;

        ci_buf_init(&out, mem);
        writers[i](&out);
        assert_true(frame_read((struct ci_bytes){out.text, out.len}, &frame));
        assert_int_equal(frame.kind, kinds[i]);
        assert_int_equal(frame.line, out.len);
        assert_int_equal(frame.step, i < 2 ? 2 : -1);
        for (size_t len = 0; len < out.len; len++)
            assert_false(frame_read((struct ci_bytes){out.text, len}, &frame));
    }
}

static void frame__refuses_what_is_none(void **state)
{
    (void)state;
    const char *bad[] = {"\n", "[]\n", "{\n", "{\"size\":-1}\n", "x\n", ""};
    struct frame frame;

    for (size_t i = 0; i < CI_COUNT(bad); i++)
        assert_false(frame_read((struct ci_bytes){bad[i], strlen(bad[i])}, &frame));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame__writes_one_line_each),
        cmocka_unit_test(frame__replaces_what_is_no_utf8),
        cmocka_unit_test(frame__carries_bytes_behind_the_line),
        cmocka_unit_test(frame__reads_every_kind),
        cmocka_unit_test(frame__refuses_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
    frame_step_started(out,
                       &(struct frame_started){.step = 2, .name = "make \"all\"", .at = {1234567}});
}

static void write_finished(struct ci_buf *out)
{
    frame_step_finished(out, &(struct frame_finished){
                                 .step = 2, .results = CI_FAILURE, .state = "failed", .at = {5}});
}

static void write_property(struct ci_buf *out)
{
    json_auto_t *value = json_string("abc");

    frame_property(out, "got_revision", value, "git");
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
    frame_url(out, 1, "p", "a\xff\xc3\xa4\xc3");
}

static void frame__replaces_what_is_no_utf8(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    check(mem, write_foreign,
          "{\"frame\":\"url\",\"step\":1,\"name\":\"p\","
          "\"url\":\"a\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\"}\n");
}

static void write_own_step(struct ci_buf *out)
{
    const struct ci_step_flags flags = {.halt_on_failure = true, .always_run = true};

    frame_step_started(
        out,
        &(struct frame_started){
            .step = 9, .name = "x", .group = "g", .state = "building", .flags = &flags, .at = {1}});
}

static void write_hidden(struct ci_buf *out)
{
    frame_step_finished(out, &(struct frame_finished){.step = 3,
                                                      .results = CI_WARNINGS,
                                                      .state = "2 warnings",
                                                      .at = {5},
                                                      .hidden = true,
                                                      .warnings = 2});
}

static void write_list(struct ci_buf *out)
{
    json_auto_t *value = json_pack("[i, {s:b}]", 1, "a", 1);

    frame_property(out, "p", value, "x");
}

static void write_locks(struct ci_buf *out)
{
    frame_step_locks(out, 4, "running", (struct ci_time){8});
}

static void write_waiting(struct ci_buf *out)
{
    frame_waiting(out, 4, true);
}

static void write_environment(struct ci_buf *out)
{
    frame_environment(out, "0123456789abcdef", "prepared", 1.5);
}

static void frame__tells_what_only_some_have(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    check(mem, write_own_step,
          "{\"frame\":\"step_started\",\"step\":9,\"name\":\"x\",\"at\":1,\"group\":\"g\","
          "\"state\":\"building\",\"flags\":[\"halt_on_failure\",\"always_run\"]}\n");
    check(mem, write_hidden,
          "{\"frame\":\"step_finished\",\"step\":3,\"results\":1,\"state\":\"2 warnings\",\"at\":5,"
          "\"hidden\":true,\"warnings\":2}\n");
    check(mem, write_list,
          "{\"frame\":\"property\",\"name\":\"p\",\"value\":[1,{\"a\":true}],\"source\":\"x\"}\n");
    check(mem, write_locks,
          "{\"frame\":\"step_locks\",\"step\":4,\"at\":8,\"state\":\"running\"}\n");
    check(mem, write_waiting, "{\"frame\":\"waiting\",\"step\":4,\"waiting\":true}\n");
    check(mem, write_environment,
          "{\"frame\":\"environment\",\"key\":\"0123456789abcdef\",\"state\":\"prepared\","
          "\"seconds\":1.5}\n");
}

/* The builder would refuse the whole journal for one such name. */
static void frame__keeps_names_within_bounds(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    char *name = ci_mem_array(mem, char, 401);
    json_auto_t *json = NULL;
    struct ci_buf out;

    for (int i = 0; i < 200; i++)
        memcpy(name + 2 * i, "\xc3\xa4", 2);
    memmove(name + 1, name, 399);
    name[0] = 'x';
    name[399] = '\0';
    ci_buf_init(&out, mem);
    frame_url(&out, 0, name, "u");
    json = json_loads(out.text, 0, NULL);
    assert_int_equal(json_string_length(json_object_get(json, "name")), 255);
    out.len = 0;
    frame_url(&out, 0, "", "u");
    assert_non_null(strstr(out.text, "\"name\":\"unnamed\""));
}

static void frame__carries_bytes_behind_the_line(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf out;
    struct frame frame;

    ci_buf_init(&out, mem);
    frame_log(&out, &(struct frame_log){
                        .step = 1,
                        .log = "stdio",
                        .lines = 3,
                        .raw = 40,
                        .packed = {"\n\0\n", 3},
                        .late = true
    });
    assert_true(frame_read((struct ci_bytes){out.text, out.len}, &frame));
    assert_true(frame.late);
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
        cmocka_unit_test(frame__tells_what_only_some_have),
        cmocka_unit_test(frame__keeps_names_within_bounds),
        cmocka_unit_test(frame__carries_bytes_behind_the_line),
        cmocka_unit_test(frame__reads_every_kind),
        cmocka_unit_test(frame__refuses_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

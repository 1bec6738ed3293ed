/* SPDX-License-Identifier: Apache-2.0 */
/* From output to log frames in the journal: nothing of a secret, no more than is allowed, and what
 * followed files say. */
#include "agent.h"
#include "ci_test.h"
#include "folder.h"
#include "follow.h"
#include "shared/clock.h"
#include "shared/compress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[64];
static struct settings settings;
static struct agent agent;
static struct start start;
static struct build build;

static int begin(void **state)
{
    struct ci_err err;

    (void)state;
    strcpy(dir, "/tmp/slipway-steplog-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    settings.work_dir = dir;
    agent_init(&agent, &settings, NULL);
    start = (struct start){0};
    build = (struct build){.agent = &agent, .mem = ci_mem_new(), .start = &start};
    return spool_create(NULL, dir, 1, "token", &build.spool, &err) ? 0 : -1;
}

static int end(void **state)
{
    struct ci_err err;

    (void)state;
    spool_drop(build.spool);
    ci_mem_free(build.mem);
    agent_release(&agent);
    return folder_remove(dir, &err) ? 0 : -1;
}

/* All lines of the log in the journal, and the keys of its last frame. */
static char *logged(const char *name, json_t **last)
{
    struct spool_batch batch;
    struct ci_err err = {0};
    struct ci_buf all;
    const char *at, *end_of_all;

    ci_buf_init(&all, build.mem);
    assert_ok(spool_batch(build.spool, build.mem, &batch, &err), err);
    at = batch.bytes.data;
    end_of_all = at + batch.bytes.len;
    while (at < end_of_all) {
        struct frame frame;
        struct ci_bytes plain;
        json_t *json;

        assert_true(frame_read((struct ci_bytes){at, (size_t)(end_of_all - at)}, &frame));
        json = ci_mem_json(build.mem, json_loadb(at, frame.line, 0, NULL));
        if (frame.kind == FRAME_LOG &&
            strcmp(json_string_value(json_object_get(json, "log")), name) == 0) {
            assert_ok(ci_expand(build.mem, (struct ci_bytes){at + frame.line, frame.size}, 1 << 20,
                                &plain, &err),
                      err);
            ci_buf_add(&all, plain.data, plain.len);
            if (last)
                *last = json;
        }
        at += frame.line + frame.size;
    }
    return all.text;
}

static void hide(const char *value)
{
    json_t *secrets = ci_mem_json(build.mem, json_pack("{s:s}", "word", value));
    struct ci_err err = {0};

    assert_ok(ci_mask_new(secrets, build.mem, &build.mask, &err), err);
}

static void steplog__hides_secrets_torn_at_any_byte(void **state)
{
    (void)state;
    static const char text[] = "a correct horse b\n", other[] = "correct horse\n";
    struct ci_buf expected;

    hide("correct horse");
    ci_buf_init(&expected, build.mem);
    for (size_t cut = 0; cut < sizeof(text); cut++) {
        struct steplog log;

        steplog_init(&log, &build, 0, "stdio");
        steplog_feed(&log, &log.out, text, cut, ci_mono_now());
        steplog_feed(&log, &log.err, other, 5, ci_mono_now());
        steplog_feed(&log, &log.out, text + cut, sizeof(text) - 1 - cut, ci_mono_now());
        steplog_end(&log);
        steplog_flush(&log);
        steplog_release(&log);
        ci_buf_puts(&expected, "oa <word> b\necorre\n");
    }
    assert_string_equal(logged("stdio", NULL), expected.text);
}

static void steplog__hides_secrets_in_the_agents_own_words(void **state)
{
    (void)state;
    struct steplog log;

    hide("correct horse");
    steplog_init(&log, &build, 0, "stdio");
    steplog_say(&log, "run '%s'\ntwice", "correct horse");
    steplog_flush(&log);
    steplog_release(&log);
    assert_string_equal(logged("stdio", NULL), "hrun '<word>'\nhtwice\n");
}

static void steplog__is_cut_where_it_may_not_grow(void **state)
{
    (void)state;
    struct steplog log;
    json_t *last = NULL;
    const char *text;

    start.log_max_size = 10;
    steplog_init(&log, &build, 0, "stdio");
    for (int i = 0; i < 5; i++)
        steplog_feed(&log, &log.out, "12345\n", 6, ci_mono_now());
    steplog_say(&log, "nobody hears this");
    steplog_end(&log);
    steplog_flush(&log);
    steplog_release(&log);
    text = logged("stdio", &last);
    assert_memory_equal(text, "o12345\no1234\nh", 14);
    assert_null(strchr(strchr(text, 'h'), 'x'));
    assert_true(json_is_true(json_object_get(last, "truncated")));
}

static void steplog__says_when_it_outlives_its_step(void **state)
{
    (void)state;
    struct steplog_gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct steplog log;
    json_t *last = NULL;

    steplog_init(&log, &build, 0, "more");
    log.gate = &gate;
    steplog_say(&log, "in time");
    steplog_flush(&log);
    (void)logged("more", &last);
    assert_null(json_object_get(last, "late"));
    gate.late = true;
    steplog_say(&log, "late");
    steplog_flush(&log);
    steplog_release(&log);
    assert_string_equal(logged("more", &last), "hin time\nhlate\n");
    assert_true(json_is_true(json_object_get(last, "late")));
}

static void put(const char *path, const char *mode, const char *text)
{
    FILE *file = fopen(path, mode);

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void look(struct follows *follows)
{
    char buffer[16];

    follows->next = (struct ci_mono){0};
    (void)follow_look(follows, buffer, sizeof(buffer), ci_mono_now());
}

static void follow__shows_what_a_file_gains(void **state)
{
    (void)state;
    const char *old = ci_mem_printf(build.mem, "%s/old", dir);
    const char *late = ci_mem_printf(build.mem, "%s/late", dir);
    struct steplog logs[2];
    struct follow items[] = {
        {.path = old,  .log = &logs[0]},
        {.path = late, .log = &logs[1]}
    };
    struct follows follows = {items, CI_COUNT(items), {0}};
    char buffer[16];

    steplog_init(&logs[0], &build, 0, "old");
    steplog_init(&logs[1], &build, 0, "late");
    put(old, "w", "before\n");
    follow_begin(&follows);
    look(&follows);
    put(old, "a", "one\ntw");
    look(&follows);
    put(old, "a", "o\n");
    put(late, "w", "a line that is longer than the buffer\n");
    look(&follows);
    assert_int_equal(rename(old, ci_mem_printf(build.mem, "%s/gone", dir)), 0);
    put(old, "w", "anew\n");
    look(&follows);
    put(late, "w", "cut\n");
    look(&follows);
    put(old, "a", "end");
    follow_end(&follows, buffer, sizeof(buffer));
    for (size_t i = 0; i < CI_COUNT(logs); i++) {
        steplog_flush(&logs[i]);
        steplog_release(&logs[i]);
    }
    assert_string_equal(logged("old", NULL), "oone\notwo\noanew\noend\n");
    assert_string_equal(logged("late", NULL), "oa line that is longer than the buffer\nocut\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(steplog__hides_secrets_torn_at_any_byte, begin, end),
        cmocka_unit_test_setup_teardown(steplog__hides_secrets_in_the_agents_own_words, begin, end),
        cmocka_unit_test_setup_teardown(steplog__is_cut_where_it_may_not_grow, begin, end),
        cmocka_unit_test_setup_teardown(steplog__says_when_it_outlives_its_step, begin, end),
        cmocka_unit_test_setup_teardown(follow__shows_what_a_file_gains, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

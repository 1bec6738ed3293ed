/* SPDX-License-Identifier: Apache-2.0 */
/* The journal on disk: batches, acknowledgements, rewinds, and a restart at any byte. */
#include "ci_test.h"
#include "folder.h"
#include "spool.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/slipway-spool-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    struct ci_err err;

    (void)state;
    return folder_remove(dir, &err) ? 0 : -1;
}

static struct spool *create(void)
{
    struct ci_err err = {0};
    struct spool *spool = NULL;

    assert_ok(spool_create(NULL, dir, 7, "to/ken.1234567890", &spool, &err), err);
    return spool;
}

static void append(struct spool *spool, const char *text)
{
    struct ci_err err = {0};

    assert_ok(spool_append(spool, (struct ci_bytes){text, strlen(text)}, &err), err);
}

static void check_batch(struct spool *spool, int64_t seq, const char *expected)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct spool_batch batch;
    struct ci_err err = {0};

    assert_ok(spool_batch(spool, mem, &batch, &err), err);
    assert_int_equal(batch.seq, seq);
    assert_int_equal(batch.bytes.len, strlen(expected));
    assert_memory_equal(batch.bytes.data, expected, batch.bytes.len);
}

static void spool__sends_what_is_not_acknowledged(void **state)
{
    (void)state;
    struct spool *spool = create();

    assert_true(spool_empty(spool));
    check_batch(spool, 0, "");
    append(spool, "{\"a\":1}\n");
    append(spool, "{\"b\":1}\n");
    check_batch(spool, 0, "{\"a\":1}\n{\"b\":1}\n");
    assert_true(spool_ack(spool, 1));
    check_batch(spool, 1, "{\"b\":1}\n");
    append(spool, "{\"c\":1}\n");
    assert_true(spool_ack(spool, 1));
    check_batch(spool, 1, "{\"b\":1}\n{\"c\":1}\n");
    assert_true(spool_ack(spool, 3));
    assert_true(spool_empty(spool));
    assert_int_equal(spool_front(spool), 3);
    spool_drop(spool);
}

static void spool__refuses_numbers_it_can_not_have(void **state)
{
    (void)state;
    struct spool *spool = create();

    append(spool, "{}\n");
    append(spool, "{}\n");
    assert_false(spool_ack(spool, 3));
    assert_true(spool_ack(spool, 2));
    assert_false(spool_ack(spool, 1));
    spool_drop(spool);
}

static void spool__limits_its_batches(void **state)
{
    (void)state;
    enum { FRAME = 300 << 10 };
    CI_AUTO_MEM mem = ci_mem_new();
    char *frame = ci_mem_array(mem, char, FRAME);
    struct spool *spool = create();
    struct spool_batch batch;
    struct ci_err err = {0};

    memset(frame, 'x', FRAME);
    for (int i = 0; i < 100; i++)
        assert_ok(spool_append(spool, (struct ci_bytes){frame, FRAME}, &err), err);
    for (int64_t seq = 0; seq < 99; seq += 3) {
        CI_AUTO_MEM one = ci_mem_new();

        assert_ok(spool_batch(spool, one, &batch, &err), err);
        assert_int_equal(batch.bytes.len, 3 * FRAME);
        assert_int_equal(batch.seq, seq);
        assert_true(spool_ack(spool, seq + 3));
    }
    spool_drop(spool);
}

static void spool__gives_the_disk_back(void **state)
{
    (void)state;
    enum { FRAME = 256 << 10, FRAMES = 128 };
    CI_AUTO_MEM mem = ci_mem_new();
    char *frame = ci_mem_array(mem, char, FRAME);
    struct spool *spool = create();
    struct ci_err err = {0};
    struct spool_found found;
    struct stat info;
    const char *path = ci_mem_printf(mem, "%s/7-to_ken_1.journal", dir);

    memset(frame, 'x', FRAME);
    memcpy(frame, "{\"size\":262132}\n", 16);
    frame[15] = '\n';
    for (int i = 0; i < FRAMES; i++) {
        assert_ok(spool_append(spool, (struct ci_bytes){frame, FRAME}, &err), err);
        assert_true(spool_ack(spool, i));
    }
    assert_int_equal(stat(path, &info), 0);
    if (info.st_blocks * 512 >= info.st_size) /* a file system without holes keeps everything */
        assert_true(info.st_blocks * 512 <= info.st_size + (1 << 20));
    else
        assert_true(info.st_blocks * 512 < (int64_t)FRAMES * FRAME / 2);
    spool_free(spool);
    assert_int_equal(access(path, F_OK), 0);
    assert_ok(spool_open(path, mem, &spool, &found, &err), err);
    assert_true(spool_front(spool) > 0);
    spool_drop(spool);
    assert_int_equal(access(path, F_OK), -1);
}

static void spool__cuts_what_nobody_can_read(void **state)
{
    (void)state;
    struct spool *spool = create();
    struct ci_err err = {0};

    append(spool, "{\"a\":1}\n");
    append(spool, "nonsense\n");
    assert_true(spool_ack(spool, 1));
    assert_ok(spool_cut(spool, &err), err);
    append(spool, "{\"end\":1}\n");
    check_batch(spool, 1, "{\"end\":1}\n");
    spool_drop(spool);
}

/* A journal of one step, and where each of its frames ends. */
static size_t write_story(void *mem, size_t ends[4])
{
    struct spool *spool = create();
    struct ci_buf frame;
    struct ci_err err = {0};
    size_t at = SPOOL_HEADER;

    for (int i = 0; i < 4; i++) {
        ci_buf_init(&frame, mem);
        if (i == 0)
            frame_step_started(&frame, &(struct frame_started){.name = "s", .at = {1}});
        else if (i == 1)
            frame_log(&frame, &(struct frame_log){
                                  .log = "stdio", .lines = 1, .raw = 5, .packed = {"\n{}\n\0", 5}
            });
        else if (i == 2)
            frame_step_finished(&frame, &(struct frame_finished){.state = "finished", .at = {2}});
        else
            frame_build_finished(&frame, CI_SUCCESS, "good", (struct ci_time){3});
        assert_ok(spool_append(spool, (struct ci_bytes){frame.text, frame.len}, &err), err);
        at += frame.len;
        ends[i] = at;
    }
    spool_free(spool);
    return at;
}

static void spool__is_taken_up_torn_at_any_byte(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *path = ci_mem_printf(mem, "%s/7-to_ken_1.journal", dir);
    size_t ends[4], size = write_story(mem, ends);

    for (size_t cut = size; cut >= SPOOL_HEADER; cut--) {
        struct spool_found found;
        struct spool *spool = NULL;
        struct ci_err err = {0};
        int whole = 0;

        assert_int_equal(truncate(path, (off_t)cut), 0);
        while (whole < 4 && ends[whole] <= cut)
            whole++;
        assert_ok(spool_open(path, mem, &spool, &found, &err), err);
        assert_int_equal(found.build, 7);
        assert_string_equal(found.token, "to/ken.1234567890");
        assert_int_equal(found.finished, whole == 4);
        assert_int_equal(found.running_count, whole == 1 || whole == 2);
        if (found.running_count > 0)
            assert_int_equal(found.running[0], 0);
        assert_true(spool_ack(spool, whole));
        assert_true(spool_empty(spool));
        spool_free(spool);
    }
}

static void add_frame(struct spool *spool, struct ci_buf *frame)
{
    struct ci_err err = {0};

    assert_ok(spool_append(spool, (struct ci_bytes){frame->text, frame->len}, &err), err);
    frame->len = 0;
}

/* Steps side by side, and one whose command outlives it. */
static void spool__knows_every_step_that_ran(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *path = ci_mem_printf(mem, "%s/7-to_ken_1.journal", dir);
    struct frame_log late = {
        .step = 1, .log = "stdio", .packed = {"x", 1},
                .late = true
    };
    struct spool *spool = create();
    struct spool_found found;
    struct ci_err err = {0};
    struct ci_buf frame;

    ci_buf_init(&frame, mem);
    for (int i = 0; i < 4; i++) {
        frame_step_started(&frame, &(struct frame_started){.step = i, .name = "s"});
        add_frame(spool, &frame);
    }
    frame_step_finished(&frame, &(struct frame_finished){.step = 1, .state = ""});
    add_frame(spool, &frame);
    frame_log(&frame, &late);
    add_frame(spool, &frame);
    frame_step_finished(&frame, &(struct frame_finished){.step = 0, .state = ""});
    add_frame(spool, &frame);
    spool_free(spool);
    assert_ok(spool_open(path, mem, &spool, &found, &err), err);
    assert_int_equal(found.running_count, 2);
    assert_int_equal(found.running[0], 2);
    assert_int_equal(found.running[1], 3);
    spool_drop(spool);
}

/* A property may hold more than a line usually does. */
static void spool__takes_up_long_lines(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *path = ci_mem_printf(mem, "%s/7-to_ken_1.journal", dir);
    char *text = ci_mem_array(mem, char, 300001);
    struct spool *spool = create();
    struct spool_found found;
    struct ci_err err = {0};
    json_auto_t *value = NULL;
    struct ci_buf frame;

    memset(text, 'x', 300000);
    value = json_string(text);
    ci_buf_init(&frame, mem);
    frame_property(&frame, "p", value, "test");
    add_frame(spool, &frame);
    frame_build_finished(&frame, CI_SUCCESS, "good", (struct ci_time){3});
    add_frame(spool, &frame);
    spool_free(spool);
    assert_ok(spool_open(path, mem, &spool, &found, &err), err);
    assert_true(found.finished);
    spool_drop(spool);
}

static void spool__refuses_what_is_none(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *path = ci_mem_printf(mem, "%s/7-to_ken_1.journal", dir);
    size_t ends[4];
    struct spool_found found;
    struct spool *spool;
    struct ci_err err = {0};

    write_story(mem, ends);
    assert_int_equal(truncate(path, 100), 0);
    assert_false(spool_open(path, mem, &spool, &found, &err));
    assert_int_equal(err.code, CI_EINVALID);
    assert_int_equal(truncate(path, SPOOL_HEADER), 0);
    assert_false(spool_open(path, mem, &spool, &found, &err));
    assert_false(spool_open(dir, mem, &spool, &found, &err));
    spool_free(NULL);
    spool_drop(NULL);
}

/* The file of one that is over serves the next; in between it is empty, so nothing is taken up. */
static void spool__uses_files_again(void **state)
{
    struct spares *spares = spares_new();
    struct spool *first, *second;
    struct spool_batch batch;
    struct ci_err err = {0};
    struct stat before, after;
    CI_AUTO_MEM mem = ci_mem_new();
    char *path = ci_mem_printf(mem, "%s/8-first.journal", dir);
    char *next = ci_mem_printf(mem, "%s/9-second.journal", dir);

    (void)state;
    assert_int_equal(spares_take(spares, path), -1);
    assert_ok(spool_create(spares, dir, 8, "first", &first, &err), err);
    append(first, "{\"frame\":\"step_started\",\"step\":0}\n");
    assert_int_equal(stat(path, &before), 0);
    spool_drop(first);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_size, 0);
    assert_ok(spool_create(spares, dir, 9, "second", &second, &err), err);
    assert_int_equal(stat(path, &after), -1);
    assert_int_equal(stat(next, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_ok(spool_batch(second, mem, &batch, &err), err);
    assert_int_equal(batch.bytes.len, 0);
    spool_drop(second);
    spares_free(spares);
    assert_int_equal(stat(next, &after), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spool__sends_what_is_not_acknowledged),
        cmocka_unit_test(spool__uses_files_again),
        cmocka_unit_test(spool__refuses_numbers_it_can_not_have),
        cmocka_unit_test(spool__limits_its_batches),
        cmocka_unit_test(spool__gives_the_disk_back),
        cmocka_unit_test(spool__cuts_what_nobody_can_read),
        cmocka_unit_test(spool__is_taken_up_torn_at_any_byte),
        cmocka_unit_test(spool__knows_every_step_that_ran),
        cmocka_unit_test(spool__takes_up_long_lines),
        cmocka_unit_test(spool__refuses_what_is_none),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}

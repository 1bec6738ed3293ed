/* SPDX-License-Identifier: Apache-2.0 */
/* The store of objects: one set of tests for a folder and for S3, and what only a folder can go
 * through. */
#include "s3_server.h"
#include "shared/blob.h"
#include "shared/clock.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static struct child_server server;
static char folder[64];

static int start_server(void **state)
{
    (void)state;
    s3_server_start(&server);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    child_server_stop(&server);
    return 0;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/slipway-blob.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

static struct ci_blobs *open_folder(void)
{
    struct ci_store_spec spec = {.directory = folder};
    struct ci_blobs *blobs = NULL;
    struct ci_err err;

    assert_ok(ci_blobs_open(&spec, NULL, &blobs, &err), err);
    return blobs;
}

static struct ci_blobs *open_s3(const char *prefix)
{
    char endpoint[64];
    struct ci_store_spec spec = {
        .endpoint = endpoint,
        .bucket = "slipway",
        .prefix = prefix,
        .access_key = {CI_SECRET_LITERAL, "S3RVER"},
        .secret_key = {CI_SECRET_LITERAL, "S3RVER"},
    };
    struct ci_blobs *blobs = NULL;
    struct ci_err err;

    snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%u", server.port);
    assert_ok(ci_blobs_open(&spec, NULL, &blobs, &err), err);
    return blobs;
}

static struct ci_bytes text(const char *value)
{
    return (struct ci_bytes){value, strlen(value)};
}

static void put(struct ci_blobs *blobs, const char *key, const char *value)
{
    struct ci_err err;

    assert_ok(ci_blob_put(blobs, key, text(value), &err), err);
}

static void assert_holds(struct ci_blobs *blobs, const char *key, struct ci_bytes want)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes got = {0};
    uint64_t size = 0;
    struct ci_err err;

    assert_ok(ci_blob_get(blobs, key, mem, &got, &err), err);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.data, want.data, want.len);
    assert_int_equal(((const char *)got.data)[got.len], '\0');
    assert_ok(ci_blob_size(blobs, key, &size, &err), err);
    assert_int_equal(size, want.len);
}

/* ---- of both kinds ---- */

static void check_objects(struct ci_blobs *blobs)
{
    static const char nuls[] = "a\0b\0\0c";
    CI_AUTO_MEM mem = ci_mem_new();
    bool exists = true;
    struct ci_bytes got;
    uint64_t size;
    struct ci_err err;

    assert_ok(ci_blob_exists(blobs, "chunks/ab12", &exists, &err), err);
    assert_false(exists);
    put(blobs, "chunks/ab12", "hello");
    put(blobs, "chunks/ab12", "hello");
    assert_holds(blobs, "chunks/ab12", text("hello"));
    put(blobs, "chunks/ab12", "good bye");
    assert_holds(blobs, "chunks/ab12", text("good bye"));
    assert_ok(ci_blob_put(blobs, "nuls", (struct ci_bytes){nuls, sizeof(nuls)}, &err), err);
    assert_holds(blobs, "nuls", (struct ci_bytes){nuls, sizeof(nuls)});
    assert_ok(ci_blob_put(blobs, "empty", (struct ci_bytes){NULL, 0}, &err), err);
    assert_holds(blobs, "empty", (struct ci_bytes){"", 0});

    assert_ok(ci_blob_exists(blobs, "chunks/ab12", &exists, &err), err);
    assert_true(exists);
    assert_ok(ci_blob_remove(blobs, "chunks/ab12", &err), err);
    assert_ok(ci_blob_remove(blobs, "chunks/ab12", &err), err);
    assert_ok(ci_blob_remove(blobs, "never/was", &err), err);
    assert_false(ci_blob_get(blobs, "chunks/ab12", mem, &got, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    assert_false(ci_blob_size(blobs, "chunks/ab12", &size, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    assert_false(ci_blob_get_range(blobs, "chunks/ab12", 0, 1, mem, &got, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
}

static void check_ranges(struct ci_blobs *blobs)
{
    static const struct {
        uint64_t offset;
        size_t length;
        const char *want;
    } rows[] = {
        {0,          4,           "0123"      },
        {8,          100,         "89"        },
        {9,          1,           "9"         },
        {10,         1,           ""          },
        {1ULL << 40, 5,           ""          },
        {0,          CI_BLOB_MAX, "0123456789"},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes got;
    struct ci_err err;

    put(blobs, "range", "0123456789");
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        assert_ok(
            ci_blob_get_range(blobs, "range", rows[i].offset, rows[i].length, mem, &got, &err),
            err);
        assert_int_equal(got.len, strlen(rows[i].want));
        assert_memory_equal(got.data, rows[i].want, got.len);
    }
    assert_false(ci_blob_get_range(blobs, "range", 0, 0, mem, &got, &err));
    assert_int_equal(err.code, CI_EINVALID);
}

static void check_names(struct ci_blobs *blobs)
{
    static const char *const keys[] = {"",     "/",        "/a",   "a/",      "a//b",     "..",
                                       "../a", "a/../b",   "a/..", "a/.hide", ".tmp/abc", "a b",
                                       "a+b",  "\xc3\xa4", "a\nb", "a\\b",    "a%2fb",    "+ab/c"};
    CI_AUTO_MEM mem = ci_mem_new();
    char *longest = ci_mem_alloc(mem, 514);
    struct ci_err err;

    for (size_t i = 0; i < CI_COUNT(keys); i++) {
        assert_false(ci_blob_put(blobs, keys[i], text("x"), &err));
        assert_int_equal(err.code, CI_EINVALID);
        assert_false(ci_blob_remove(blobs, keys[i], &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
    memset(longest, 'k', 513);
    assert_false(ci_blob_put(blobs, longest, text("x"), &err));
    assert_int_equal(err.code, CI_EINVALID);
    assert_false(ci_blob_put(blobs, "big", (struct ci_bytes){"", (size_t)CI_BLOB_MAX + 1}, &err));
    assert_int_equal(err.code, CI_ETOOLARGE);
}

struct seen {
    struct ci_blobs *remove_from; /* or NULL */
    size_t count, total;
    char all[512]; /* "key key " */
    bool refuse;
};

static bool see(void *user, const struct ci_blob *blob, struct ci_err *err)
{
    struct seen *seen = user;

    if (seen->refuse)
        return ci_fail(err, CI_ECONFLICT, "enough of %s", blob->key);
    seen->count++;
    seen->total += (size_t)blob->size;
    strncat(seen->all, blob->key, 100);
    strcat(seen->all, " ");
    assert_true(llabs(ci_time_now().us - blob->modified.us) < 60000000);
    return !seen->remove_from || ci_blob_remove(seen->remove_from, blob->key, err);
}

static size_t count_of(struct ci_blobs *blobs, const char *prefix)
{
    struct seen seen = {0};
    struct ci_err err;

    assert_ok(ci_blob_each(blobs, prefix, see, &seen, &err), err);
    return seen.count;
}

static void check_walk(struct ci_blobs *blobs)
{
    static const char *const keys[] = {"walk/a/1", "walk/a/2",  "walk/ab", "walk/a",
                                       "walk/b",   "walker/x/", "walk"};
    struct seen seen = {0};
    struct ci_err err;

    for (size_t i = 0; i < CI_COUNT(keys); i++)
        if (keys[i][strlen(keys[i]) - 1] != '/')
            put(blobs, keys[i], "12345");
    assert_int_equal(count_of(blobs, "walk/"), 5);
    assert_int_equal(count_of(blobs, "walk/a"), 4);
    assert_int_equal(count_of(blobs, "walk/a/"), 2);
    assert_int_equal(count_of(blobs, "walk"), 6);
    assert_int_equal(count_of(blobs, "none/"), 0);
    assert_ok(ci_blob_each(blobs, "walk/b", see, &seen, &err), err);
    assert_string_equal(seen.all, "walk/b ");
    assert_int_equal(seen.total, 5);
    seen = (struct seen){.refuse = true};
    assert_false(ci_blob_each(blobs, "walk/b", see, &seen, &err));
    assert_int_equal(err.code, CI_ECONFLICT);
    assert_string_equal(err.msg, "enough of walk/b");
    assert_false(ci_blob_each(blobs, "../walk", see, &seen, &err));
    assert_int_equal(err.code, CI_EINVALID);

    seen = (struct seen){.remove_from = blobs};
    assert_ok(ci_blob_each(blobs, "walk/", see, &seen, &err), err);
    assert_int_equal(seen.count, 5);
    assert_int_equal(count_of(blobs, "walk"), 1);
}

/* s3rver keeps objects as files, so that "walk" can't be beside "walk/a": S3 itself has no folders.
 */
static void check_flat_walk(struct ci_blobs *blobs)
{
    put(blobs, "walk/a-1", "12345");
    put(blobs, "walk/a-2", "12345");
    put(blobs, "walker", "12345");
    assert_int_equal(count_of(blobs, "walk/"), 2);
    assert_int_equal(count_of(blobs, "walk"), 3);
    assert_int_equal(count_of(blobs, "walk/a-2"), 1);
}

static void blob__folder_keeps_objects(void **state)
{
    struct ci_blobs *blobs = open_folder();

    (void)state;
    check_objects(blobs);
    check_ranges(blobs);
    check_names(blobs);
    check_walk(blobs);
    ci_blobs_close(blobs);
}

static void blob__s3_keeps_objects(void **state)
{
    struct ci_blobs *blobs = open_s3("team/ci/"), *whole = open_s3(NULL);

    (void)state;
    check_objects(blobs);
    check_ranges(blobs);
    check_names(blobs);
    check_flat_walk(blobs);
    assert_int_equal(count_of(whole, "walk"), 0);
    assert_int_equal(count_of(whole, "team/ci/walk"), 3);
    ci_blobs_close(blobs);
    ci_blobs_close(whole);
}

/* ---- what is wrong with the store is not the object's fault ---- */

static void blob__s3_trouble_is_unavailable(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char endpoint[64];
    struct ci_store_spec spec = {
        .endpoint = endpoint,
        .bucket = "slipway",
        .access_key = {CI_SECRET_LITERAL, "S3RVER"     },
        .secret_key = {CI_SECRET_LITERAL, "not-the-key"},
    };
    struct ci_blobs *blobs = NULL;
    struct ci_bytes got;
    struct ci_err err;

    (void)state;
    snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%u", server.port);
    assert_ok(ci_blobs_open(&spec, NULL, &blobs, &err), err);
    assert_false(ci_blob_get(blobs, "any", mem, &got, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_non_null(strstr(err.msg, "SignatureDoesNotMatch"));
    assert_null(strstr(err.msg, "not-the-key"));
    ci_blobs_close(blobs);
}

static void blob__s3_ends_when_stopped(void **state)
{
    struct ci_blobs *blobs = open_s3(NULL), *dir = open_folder();
    struct ci_err err;

    (void)state;
    put(blobs, "stopped", "x");
    ci_blobs_stop(blobs);
    assert_false(ci_blob_put(blobs, "stopped", text("y"), &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    ci_blobs_close(blobs);
    ci_blobs_stop(dir);
    put(dir, "stopped", "z");
    ci_blobs_close(dir);
    ci_blobs_stop(NULL);
}

static void blob__folder_that_vanishes_is_unavailable(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_blobs *blobs = open_folder();
    struct seen seen = {0};
    bool exists;
    struct ci_bytes got;
    struct ci_err err;

    (void)state;
    put(blobs, "logs/1", "kept");
    remove_folder(folder);
    assert_int_equal(mkdir(folder, 0700), 0); /* the mount point without its volume */
    assert_false(ci_blob_get(blobs, "logs/1", mem, &got, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_false(ci_blob_exists(blobs, "logs/1", &exists, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_false(ci_blob_put(blobs, "logs/1", text("x"), &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_false(ci_blob_remove(blobs, "logs/1", &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_false(ci_blob_each(blobs, "", see, &seen, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    ci_blobs_close(blobs);
}

static void blob__refuses_wrong_settings(void **state)
{
    struct ci_store_spec rows[] = {
        {0             },
        {            .directory = folder,         .endpoint = "http://host", .bucket = "b"},
        {            .endpoint = "no address",    .bucket = "b"},
        { .endpoint = "http://host", .bucket = "b", .prefix = "../"},
        { .endpoint = "http://host", .bucket = "b", .prefix = "a b/"},
    };
    struct ci_store_spec nowhere = {.directory = "/dev/null/store"};
    struct ci_blobs *blobs = NULL;
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        assert_false(ci_blobs_open(&rows[i], NULL, &blobs, &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
    assert_false(ci_blobs_open(&nowhere, NULL, &blobs, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    ci_blobs_close(NULL);
}

/* ---- several processes in one folder ---- */

enum { WRITERS = 4, ROUNDS = 60, BYTES = 300000 };

/* An object whose every byte is the same: half of one and half of another would show. */
static bool put_filled(struct ci_blobs *blobs, const char *key, int fill, size_t len)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *data = ci_mem_alloc(mem, len);
    struct ci_err err;

    memset(data, fill, len);
    return ci_blob_put(blobs, key, (struct ci_bytes){data, len}, &err);
}

static void assert_whole(struct ci_blobs *blobs, const char *key)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes got = {0};
    struct ci_err err;

    assert_ok(ci_blob_get(blobs, key, mem, &got, &err), err);
    assert_int_equal(got.len, BYTES);
    for (size_t i = 1; i < got.len; i++)
        if (((const char *)got.data)[i] != ((const char *)got.data)[0])
            fail_msg("two objects in one, from byte %zu", i);
}

static int write_rounds(int me)
{
    struct ci_blobs *blobs = open_folder();
    bool fine = true;

    for (int i = 0; i < ROUNDS && fine; i++)
        fine = put_filled(blobs, "chunks/shared", 'a' + me, BYTES);
    ci_blobs_close(blobs);
    return fine ? 0 : 1;
}

static void blob__processes_share_folder(void **state)
{
    struct ci_blobs *blobs = open_folder();
    pid_t writers[WRITERS];
    int status, ended = 0;

    (void)state;
    assert_true(put_filled(blobs, "chunks/shared", 'z', BYTES));
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        assert_true(writers[i] >= 0);
        if (writers[i] == 0)
            _exit(write_rounds(i));
    }
    while (ended < WRITERS) {
        assert_whole(blobs, "chunks/shared");
        while (ended < WRITERS && waitpid(writers[ended], &status, WNOHANG) == writers[ended]) {
            assert_int_equal(status, 0);
            ended++;
        }
    }
    assert_whole(blobs, "chunks/shared");
    assert_int_equal(count_of(blobs, ""), 1);
    ci_blobs_close(blobs);
}

/* Puts new objects until it is killed. */
static void write_for_ever(void)
{
    struct ci_blobs *blobs = open_folder();
    char key[64];

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* or the test is */
    for (int i = 0;; i++) {
        snprintf(key, sizeof(key), "killed/%d", i);
        put_filled(blobs, key, 'a' + i % 26, BYTES);
    }
}

static bool check_whole(void *user, const struct ci_blob *blob, struct ci_err *err)
{
    (void)err;
    assert_int_equal(blob->size, BYTES);
    assert_whole(user, blob->key);
    return true;
}

static size_t left_overs(void)
{
    CI_AUTO_MEM mem = ci_mem_new();
    DIR *dir = opendir(ci_mem_printf(mem, "%s/.tmp", folder));
    const struct dirent *entry;
    size_t count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        count += *entry->d_name != '.';
    closedir(dir);
    return count;
}

/* Kills a writer while its file is half written, which the folder of such files shows. */
static void blob__killed_put_leaves_nothing(void **state)
{
    struct ci_blobs *blobs = open_folder();
    int status;
    struct ci_err err;

    (void)state;
    for (int kills = 0; kills < 10; kills++) {
        pid_t writer = fork();

        assert_true(writer >= 0);
        if (writer == 0)
            write_for_ever();
        while (left_overs() == (size_t)kills)
            ;
        kill(writer, SIGSTOP);
        assert_int_equal(waitpid(writer, &status, WUNTRACED), writer);
        if (left_overs() == (size_t)kills)
            kills--; /* it had just been done with it */
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
        assert_ok(ci_blob_each(blobs, "", check_whole, blobs, &err), err);
        assert_int_equal(left_overs(), kills + 1);
    }
    ci_blobs_close(blobs);
}

static void blob__sweeps_left_overs(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *old = ci_mem_printf(mem, "%s/.tmp/old", folder);
    const char *fresh = ci_mem_printf(mem, "%s/.tmp/new", folder);
    struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct stat st;

    (void)state;
    ci_blobs_close(open_folder());
    close(open(old, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    close(open(fresh, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_int_equal(utimensat(AT_FDCWD, old, long_ago, 0), 0);
    ci_blobs_close(open_folder());
    assert_int_equal(stat(old, &st), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(stat(fresh, &st), 0);
}

static void blob__files_are_private(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_blobs *blobs = open_folder();
    FILE *found;
    char line[64] = "";

    (void)state;
    put(blobs, "logs/7", "private");
    found = popen(ci_mem_printf(mem, "find '%s' -name 7 -printf '%%m %%P\\n'", folder), "re");
    assert_non_null(found);
    assert_non_null(fgets(line, sizeof(line), found));
    pclose(found);
    assert_int_equal(line[2], '0');
    assert_memory_equal(line + 4, "logs/+", 6);
    ci_blobs_close(blobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blob__folder_keeps_objects, make_folder, drop_folder),
        cmocka_unit_test(blob__s3_keeps_objects),
        cmocka_unit_test(blob__s3_trouble_is_unavailable),
        cmocka_unit_test_setup_teardown(blob__s3_ends_when_stopped, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(blob__folder_that_vanishes_is_unavailable, make_folder,
                                        drop_folder),
        cmocka_unit_test_setup_teardown(blob__refuses_wrong_settings, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(blob__processes_share_folder, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(blob__killed_put_leaves_nothing, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(blob__sweeps_left_overs, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(blob__files_are_private, make_folder, drop_folder),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The S3 client against a server that checks each signature, and against one that fails. */
#include "s3_server.h"
#include "shared/clock.h"

#include <pthread.h>

static struct child_server server;

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

static struct ci_s3_options options_for(char endpoint[64], const char *host)
{
    snprintf(endpoint, 64, "http://%s:%u/", host, server.port);
    return (struct ci_s3_options){
        .endpoint = endpoint,
        .bucket = "slipway",
        .access_key = {CI_SECRET_LITERAL, "S3RVER"},
        .secret_key = {CI_SECRET_LITERAL, "S3RVER"},
        .timeout = ci_seconds(30),
    };
}

static struct ci_s3 *open_s3(void)
{
    char endpoint[64];
    struct ci_s3_options options = options_for(endpoint, "127.0.0.1");
    struct ci_s3 *s3 = NULL;
    struct ci_err err;

    assert_ok(ci_s3_open(&options, &s3, &err), err);
    return s3;
}

static struct ci_bytes text(const char *value)
{
    return (struct ci_bytes){value, strlen(value)};
}

static void assert_holds(struct ci_s3 *s3, const char *key, struct ci_bytes want)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes got = {0};
    struct ci_err err;

    assert_ok(ci_s3_get(s3, key, mem, &got, &err), err);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.data, want.data, want.len);
    assert_int_equal(((const char *)got.data)[got.len], '\0');
}

/* ---- objects ---- */

static void s3__keeps_objects(void **state)
{
    static const char nuls[] = "a\0b\0\0c";
    struct ci_s3 *s3 = open_s3();
    struct ci_s3_object object;
    struct ci_err err;

    (void)state;
    assert_ok(ci_s3_put(s3, "keep/text", text("hello"), "text/plain", &err), err);
    assert_ok(ci_s3_put(s3, "keep/nuls", (struct ci_bytes){nuls, sizeof(nuls)}, NULL, &err), err);
    assert_ok(ci_s3_put(s3, "keep/empty", (struct ci_bytes){NULL, 0}, NULL, &err), err);
    assert_holds(s3, "keep/text", text("hello"));
    assert_holds(s3, "keep/nuls", (struct ci_bytes){nuls, sizeof(nuls)});
    assert_holds(s3, "keep/empty", (struct ci_bytes){"", 0});

    assert_ok(ci_s3_put(s3, "keep/text", text("hello again"), "text/plain", &err), err);
    assert_holds(s3, "keep/text", text("hello again"));
    assert_ok(ci_s3_head(s3, "keep/text", &object, &err), err);
    assert_int_equal(object.size, strlen("hello again"));
    assert_true(object.modified.us > ci_time_now().us - 60000000);
    assert_true(object.modified.us < ci_time_now().us + 60000000);
    ci_s3_close(s3);
}

/* More than one TCP segment, and no text at all. */
static void s3__keeps_large_objects(void **state)
{
    size_t len = (size_t)20 << 20;
    unsigned char *data = malloc(len);
    struct ci_s3 *s3 = open_s3();
    struct ci_err err;

    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < len; i++)
        data[i] = (unsigned char)(i * 2654435761u >> 13);
    assert_ok(ci_s3_put(s3, "large", (struct ci_bytes){data, len}, NULL, &err), err);
    assert_holds(s3, "large", (struct ci_bytes){data, len});
    ci_s3_close(s3);
    free(data);
}

static void s3__gets_ranges(void **state)
{
    static const struct {
        uint64_t offset;
        size_t length;
        const char *want;
    } rows[] = {
        {0,          4,   "0123"      },
        {3,          1,   "3"         },
        {8,          100, "89"        },
        {10,         1,   ""          },
        {11,         5,   ""          },
        {1ULL << 40, 5,   ""          },
        {0,          100, "0123456789"},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_s3 *s3 = open_s3();
    struct ci_bytes got;
    struct ci_err err;

    (void)state;
    assert_ok(ci_s3_put(s3, "range", text("0123456789"), NULL, &err), err);
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        assert_ok(ci_s3_get_range(s3, "range", rows[i].offset, rows[i].length, mem, &got, &err),
                  err);
        assert_int_equal(got.len, strlen(rows[i].want));
        assert_memory_equal(got.data, rows[i].want, got.len);
    }
    assert_false(ci_s3_get_range(s3, "range", 0, 0, mem, &got, &err));
    assert_int_equal(err.code, CI_EINVALID);
    assert_false(ci_s3_get_range(s3, "range", UINT64_MAX, 1, mem, &got, &err));
    assert_int_equal(err.code, CI_EINVALID);
    assert_false(ci_s3_get_range(s3, "no-range", 0, 1, mem, &got, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    ci_s3_close(s3);
}

static void s3__removes_objects(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_s3 *s3 = open_s3();
    struct ci_s3_object object;
    struct ci_bytes got;
    struct ci_err err;

    (void)state;
    assert_ok(ci_s3_put(s3, "gone", text("soon"), NULL, &err), err);
    assert_ok(ci_s3_delete(s3, "gone", &err), err);
    assert_ok(ci_s3_delete(s3, "gone", &err), err);
    assert_false(ci_s3_get(s3, "gone", mem, &got, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    assert_non_null(strstr(err.msg, "bucket \"slipway\", key \"gone\": GET was answered 404"));
    assert_non_null(strstr(err.msg, "NoSuchKey"));
    assert_false(ci_s3_head(s3, "gone", &object, &err));
    assert_int_equal(err.code, CI_ENOTFOUND);
    ci_s3_close(s3);
}

/* What needs encoding in an address is signed as it is sent. */
static void s3__signs_odd_keys(void **state)
{
    static const char *const keys[] = {
        "odd/blank and +plus", "odd/50%25", "odd/a=b&c?d#e", "odd/~tilde'(x)!*",
        "odd/k\xc3\xa4se",     "odd/@:;,$", "odd/a.b/..c",
    };
    struct ci_s3 *s3 = open_s3();
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(keys); i++) {
        assert_ok(ci_s3_put(s3, keys[i], text(keys[i]), NULL, &err), err);
        assert_holds(s3, keys[i], text(keys[i]));
    }
    ci_s3_close(s3);
}

static void s3__refuses_what_is_no_key(void **state)
{
    static const char *const keys[] = {"",   "/a",    "a//b", "a/",   "a/../b",
                                       "..", "a/./b", ".",    "a/..", "../a"};
    struct ci_s3 *s3 = open_s3();
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(keys); i++) {
        assert_false(ci_s3_put(s3, keys[i], text("x"), NULL, &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
    assert_false(ci_s3_put(s3, "big", (struct ci_bytes){"", (size_t)CI_S3_MAX + 1}, NULL, &err));
    assert_int_equal(err.code, CI_ETOOLARGE);
    ci_s3_close(s3);
}

static void s3__speaks_to_virtual_hosts(void **state)
{
    char endpoint[64];
    struct ci_s3_options options = options_for(endpoint, "s3.localhost");
    struct ci_s3 *s3 = NULL;
    struct ci_err err;

    (void)state;
    options.virtual_host = true;
    assert_ok(ci_s3_open(&options, &s3, &err), err);
    assert_ok(ci_s3_put(s3, "virtual/a b", text("host"), NULL, &err), err);
    assert_holds(s3, "virtual/a b", text("host"));
    ci_s3_close(s3);
}

/* ---- listing ---- */

struct seen {
    size_t count;
    char last[64];
    bool ordered;
    size_t limit;
    struct ci_s3 *remove_from; /* or NULL */
};

static bool see(void *user, const struct ci_s3_object *object, struct ci_err *err)
{
    struct seen *seen = user;

    if (seen->limit && seen->count == seen->limit)
        return ci_fail(err, CI_ECONFLICT, "enough");
    seen->ordered =
        (!seen->count || strcmp(seen->last, object->key) < 0) && (!seen->count || seen->ordered);
    snprintf(seen->last, sizeof(seen->last), "%s", object->key);
    seen->count++;
    assert_int_equal(object->size, strlen("listed"));
    assert_true(llabs(ci_time_now().us - object->modified.us) < 60000000);
    return !seen->remove_from || ci_s3_delete(seen->remove_from, object->key, err);
}

static void s3__lists_by_prefix(void **state)
{
    static const char *const keys[] = {"list/b", "list/a", "list/c & <d>", "listen", "lis"};
    struct seen seen = {0};
    struct ci_s3 *s3 = open_s3();
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(keys); i++)
        assert_ok(ci_s3_put(s3, keys[i], text("listed"), NULL, &err), err);
    assert_ok(ci_s3_list(s3, "list/", see, &seen, &err), err);
    assert_int_equal(seen.count, 3);
    assert_true(seen.ordered);
    assert_string_equal(seen.last, "list/c & <d>");

    seen = (struct seen){0};
    assert_ok(ci_s3_list(s3, "nothing & here", see, &seen, &err), err);
    assert_int_equal(seen.count, 0);

    seen = (struct seen){.limit = 2};
    assert_false(ci_s3_list(s3, "lis", see, &seen, &err));
    assert_int_equal(err.code, CI_ECONFLICT);
    assert_string_equal(err.msg, "enough");
    ci_s3_close(s3);
}

/* Puts what a listing needs more than one page for, by several threads. */
enum { MANY = 1100, PUTTERS = 4 };
struct putter {
    pthread_t thread;
    struct ci_s3 *s3;
    int first;
};

static void *put_many(void *arg)
{
    struct putter *putter = arg;
    struct ci_err err;
    char key[64];

    for (int i = putter->first; i < MANY; i += PUTTERS) {
        snprintf(key, sizeof(key), "many/%05d", i);
        if (!ci_s3_put(putter->s3, key, text("listed"), NULL, &err))
            return ci_mem_strdup(NULL, err.msg);
    }
    return NULL;
}

static void s3__pages_through_many(void **state)
{
    struct putter putters[PUTTERS];
    struct ci_s3 *s3 = open_s3();
    struct seen seen = {0};
    struct ci_err err;
    void *trouble;

    (void)state;
    for (int i = 0; i < PUTTERS; i++) {
        putters[i] = (struct putter){.s3 = s3, .first = i};
        assert_int_equal(pthread_create(&putters[i].thread, NULL, put_many, &putters[i]), 0);
    }
    for (int i = 0; i < PUTTERS; i++) {
        pthread_join(putters[i].thread, &trouble);
        if (trouble)
            fail_msg("%s", (const char *)trouble);
    }
    assert_ok(ci_s3_list(s3, "many/", see, &seen, &err), err);
    assert_int_equal(seen.count, MANY);
    assert_true(seen.ordered);

    seen = (struct seen){.remove_from = s3};
    assert_ok(ci_s3_list(s3, "many/", see, &seen, &err), err);
    assert_int_equal(seen.count, MANY);
    seen = (struct seen){0};
    assert_ok(ci_s3_list(s3, "many/", see, &seen, &err), err);
    assert_int_equal(seen.count, 0);
    ci_s3_close(s3);
}

/* ---- failures ---- */

static void s3__names_a_refusal(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char endpoint[64];
    struct ci_s3_options options = options_for(endpoint, "127.0.0.1");
    struct ci_s3 *s3 = NULL;
    struct ci_bytes got;
    struct ci_err err;
    long before = s3_server_requests(&server);

    (void)state;
    options.secret_key.value = "wrong-secret-key";
    assert_ok(ci_s3_open(&options, &s3, &err), err);
    assert_false(ci_s3_get(s3, "any", mem, &got, &err));
    assert_int_equal(err.code, CI_EDENIED);
    assert_non_null(strstr(err.msg, "answered 403 SignatureDoesNotMatch"));
    assert_non_null(strstr(err.msg, "http://127.0.0.1:"));
    assert_null(strstr(err.msg, "wrong-secret-key"));
    assert_int_equal(s3_server_requests(&server), before + 1);
    ci_s3_close(s3);

    options = options_for(endpoint, "127.0.0.1");
    options.bucket = "no-such-bucket";
    assert_ok(ci_s3_open(&options, &s3, &err), err);
    assert_false(ci_s3_get(s3, "any", mem, &got, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_non_null(strstr(err.msg, "404 NoSuchBucket"));
    ci_s3_close(s3);
}

static void s3__tries_again(void **state)
{
    static const char *const faults[] = {
        "{\"count\": 2, \"status\": 503, \"code\": \"SlowDown\"}",
        "{\"count\": 1, \"status\": 500, \"code\": \"InternalError\"}",
        "{\"count\": 1, \"status\": 429, \"code\": \"TooManyRequests\"}",
        "{\"count\": 2, \"drop\": true}",
    };
    struct ci_s3 *s3 = open_s3();
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(faults); i++) {
        s3_server_fail(&server, faults[i]);
        assert_ok(ci_s3_put(s3, "again", text(faults[i]), NULL, &err), err);
        assert_holds(s3, "again", text(faults[i]));
    }
    ci_s3_close(s3);
}

static void s3__gives_up(void **state)
{
    struct ci_s3 *s3 = open_s3();
    struct ci_err err;
    long before;

    (void)state;
    before = s3_server_requests(&server);
    s3_server_fail(&server, "{\"count\": 4, \"status\": 503, \"code\": \"SlowDown\"}");
    assert_false(ci_s3_put(s3, "never", text("x"), NULL, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_non_null(strstr(err.msg, "PUT was answered 503 SlowDown"));
    assert_int_equal(s3_server_requests(&server), before + 4);
    ci_s3_close(s3);
}

static void s3__stops_when_told(void **state)
{
    char endpoint[64];
    struct ci_s3_options options = options_for(endpoint, "127.0.0.1");
    struct ci_s3 *s3 = NULL;
    bool abort = true;
    struct ci_err err;

    (void)state;
    options.abort = &abort;
    assert_ok(ci_s3_open(&options, &s3, &err), err);
    assert_false(ci_s3_put(s3, "aborted", text("x"), NULL, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    ci_s3_close(s3);
}

static void s3__says_when_its_keys_are_missing(void **state)
{
    char endpoint[64];
    struct ci_s3_options options = options_for(endpoint, "127.0.0.1");
    struct ci_s3 *s3 = NULL;
    struct ci_err err;

    (void)state;
    options.secret_key = (struct ci_secret){CI_SECRET_ENV, "SLIPWAY_TEST_NOT_SET"};
    assert_ok(ci_s3_open(&options, &s3, &err), err);
    assert_false(ci_s3_put(s3, "keyless", text("x"), NULL, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_non_null(strstr(err.msg, "the secret key of the S3 store"));
    ci_s3_close(s3);
}

static void s3__refuses_wrong_settings(void **state)
{
    /* clang-format off */
    static const struct ci_s3_options rows[] = {
        {.endpoint = "ftp://host",        .bucket = "slipway"                     },
        {.endpoint = "http://",           .bucket = "slipway"                     },
        {.endpoint = "http://host/path",  .bucket = "slipway"                     },
        {.endpoint = "http://user@host",  .bucket = "slipway"                     },
        {.endpoint = NULL,                .bucket = "slipway"                     },
        {.endpoint = "https://host:9000", .bucket = "a/b"                         },
        {.endpoint = "https://host:9000", .bucket = NULL                          },
        {.endpoint = "https://host:9000", .bucket = "slipway", .region = "eu:west"},
    };
    /* clang-format on */
    struct ci_s3 *s3 = NULL;
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        assert_false(ci_s3_open(&rows[i], &s3, &err));
        assert_int_equal(err.code, CI_EINVALID);
    }
    ci_s3_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s3__keeps_objects),
        cmocka_unit_test(s3__keeps_large_objects),
        cmocka_unit_test(s3__gets_ranges),
        cmocka_unit_test(s3__removes_objects),
        cmocka_unit_test(s3__signs_odd_keys),
        cmocka_unit_test(s3__refuses_what_is_no_key),
        cmocka_unit_test(s3__speaks_to_virtual_hosts),
        cmocka_unit_test(s3__lists_by_prefix),
        cmocka_unit_test(s3__pages_through_many),
        cmocka_unit_test(s3__names_a_refusal),
        cmocka_unit_test(s3__tries_again),
        cmocka_unit_test(s3__gives_up),
        cmocka_unit_test(s3__stops_when_told),
        cmocka_unit_test(s3__says_when_its_keys_are_missing),
        cmocka_unit_test(s3__refuses_wrong_settings),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}

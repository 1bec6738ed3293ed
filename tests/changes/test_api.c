/* SPDX-License-Identifier: Apache-2.0 */
/* Web hooks from the request to the rows. */
#include "delivery_test.h"

#include <pthread.h>

/* Nothing is known, and these are the hooks. */
static void begin(const char *hooks)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *yaml = ci_mem_printf(mem, "web_hooks: {%s}\n", hooks);

    db_test_sql(db_test.db, "TRUNCATE changes, sourcestamps, config_current CASCADE");
    configure(yaml);
}

/* Sends a request; its body's text. */
static const char *send_to(const char *dialect, const char *method, const struct ci_pair *query,
                           size_t count, int *status, void *mem)
{
    const struct ci_pair params[] = {
        {"dialect", dialect}
    };
    const struct ci_request request = {
        .mem = mem,
        .now = ci_time_now(),
        .method = method,
        .path = "/change_hook/",
        .client = "127.0.0.1",
        .query = {query,  count          },
        .params = {params, dialect ? 1 : 0},
    };
    struct ci_response response = {0};
    struct ci_err err = {0};

    assert_ok(api_routes[0].handle(&app, &request, &response, &err), err);
    assert_string_equal("text/html; charset=utf-8", response.content_type);
    *status = response.status;
    return ci_mem_strndup(mem, response.raw.data, response.raw.len);
}

static void assert_answer(int expected_status, const char *expected, const char *dialect,
                          const char *method, const struct ci_pair *query, size_t count)
{
    CI_AUTO_MEM mem = ci_mem_new();
    int status;
    const char *body = send_to(dialect, method, query, count, &status, mem);

    assert_string_equal(expected, body);
    assert_int_equal(expected_status, status);
}

static const struct ci_pair commit[] = {
    {"author",     "Ada <ada@x>"  },
    {"branch",     "main"         },
    {"revision",   "r1"           },
    {"repository", "https://x/app"},
    {"comments",   "a message"    },
};

static void delivery__makes_one_change_however_often(void **state)
{
    (void)state;
    begin("base: {}");
    assert_answer(202, "1 change found", "base", "POST", commit, 5);
    assert_answer(202, "1 change found", "base", "GET", commit, 5);
    assert_answer(202, "1 change found", NULL, "POST", commit, 5);
    assert_answer(202, "1 change found", "", "POST", commit, 5);
    assert_int_equal(1, db_test_number(db_test.db,
                                       "SELECT count(*) AS n FROM changes WHERE source = 'base' "
                                       "AND author = 'Ada <ada@x>'"));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM change_inbox"));
}

static void delivery__to_a_dialect_that_is_off(void **state)
{
    (void)state;
    begin("base: {}");
    assert_answer(400, "The dialect specified, 'github', wasn't whitelisted in change_hook",
                  "github", "POST", NULL, 0);
    assert_answer(400, "The dialect specified, 'gitlab', wasn't whitelisted in change_hook",
                  "gitlab", "POST", NULL, 0);
    assert_answer(400, "Invalid HTTP method: PUT", "base", "PUT", commit, 5);
    begin("github: {}");
    assert_answer(400, "The dialect specified, 'base', wasn't whitelisted in change_hook", NULL,
                  "POST", commit, 5);
}

/* What a sender wrote comes back as text, never as a page of ours. */
/* Whoever applied the configuration may call before this replica was told of it. */
static void delivery__to_a_dialect_that_was_just_switched_on(void **state)
{
    const struct ci_pair query[] = {
        {"revision", "r1"},
        {"branch",   "b" }
    };

    (void)state;
    begin("base: {}");
    ci_config_cache_free(app.config);
    app.config = ci_config_cache_new(db_test.db); /* as before its first look */
    assert_answer(202, "1 change found", "base", "POST", query, CI_COUNT(query));
}

static void refusal__is_no_html(void **state)
{
    static const struct ci_pair when[] = {
        {"when", "<script>&"}
    };

    (void)state;
    begin("base: {}");
    assert_answer(400, "The dialect specified, '&lt;b&gt;', wasn't whitelisted in change_hook",
                  "<b>", "GET", NULL, 0);
    assert_answer(400, "when is no time in seconds since 1970: \"&lt;script&gt;&amp;\"", "base",
                  "GET", when, 1);
    assert_answer(400, "The dialect specified, '\xef\xbf\xbd', wasn't whitelisted in change_hook",
                  "\xff", "GET", NULL, 0);
}

static void refusal__stores_nothing(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_pair endless[] = {
        {"branch", ci_mem_printf(mem, "%02000d", 1)}
    };

    (void)state;
    begin("base: {}");
    assert_answer(400,
                  "repository, branch, revision, project and codebase have more than 1024 bytes",
                  "base", "POST", endless, 1);
    assert_int_equal(0, db_test_number(db_test.db, "SELECT count(*) AS n FROM changes"));
}

static void *deliver_many(void *arg)
{
    int status;

    (void)arg;
    for (int i = 0; i < 25; i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const struct ci_pair query[] = {
            {"branch", "main"},
            { "revision", ci_mem_printf(mem,       "r%d", i)}
        };

        (void)send_to("base", "POST", query, 2, &status, mem);
        assert_int_equal(202, status);
    }
    return NULL;
}

static void delivery__from_many_at_once_is_one_each(void **state)
{
    pthread_t threads[8];

    (void)state;
    begin("base: {}");
    for (size_t i = 0; i < CI_COUNT(threads); i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, deliver_many, NULL));
    for (size_t i = 0; i < CI_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(25, db_test_number(db_test.db, "SELECT count(*) AS n FROM changes"));
    assert_int_equal(25, db_test_number(db_test.db, "SELECT count(*) AS n FROM change_inbox"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delivery__makes_one_change_however_often),
        cmocka_unit_test(delivery__to_a_dialect_that_is_off),
        cmocka_unit_test(delivery__to_a_dialect_that_was_just_switched_on),
        cmocka_unit_test(refusal__is_no_html),
        cmocka_unit_test(refusal__stores_nothing),
        cmocka_unit_test(delivery__from_many_at_once_is_one_each),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}

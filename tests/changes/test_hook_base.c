/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and times of web hooks, and /change_hook/base. */
#include "hook_test.h"

static struct post signed_by(const char *signature)
{
    struct post post = post_of("Hello, World!");

    header(&post, "content-type", "application/json");
    header(&post, "x-github-event", "ping");
    header(&post, "x-hub-signature-256", signature);
    options(&post, "github")->secret =
        (struct ci_secret){CI_SECRET_LITERAL, "It's a Secret to Everybody"};
    return post;
}

/* The example of GitHub's page "Validating webhook deliveries". */
static void signature__of_githubs_documentation(void **state)
{
    static const char good[] =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    struct post right = signed_by(good), secret = right, body = right;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    options(&secret, "github")->secret.value = "It's a secret to everybody";
    body.body = "Hello, World?";
    /* What was proven is no JSON. */
    assert_memory_equal("Error loading JSON", refused("github", &right, mem), 18);
    assert_string_equal("Hash mismatch", refused("github", &secret, mem));
    assert_string_equal("Hash mismatch", refused("github", &body, mem));
}

static void signature__in_a_wrong_form(void **state)
{
    static const struct {
        const char *signature, *message;
    } wrong[] = {
        {"",                                                                          "Wrong signature format: "        },
        {"757107ea",                                                                  "Wrong signature format: 757107ea"},
        {"sha1=757107ea",                                                             "Unknown hash type: sha1"         },
        {"=757107ea",                                                                 "Unknown hash type: "             },
        {"sha256=757107ea",                                                           "Hash mismatch"                   },
        {"sha256=",                                                                   "Hash mismatch"                   },
        {"sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
         "Hash mismatch"                                                                                                },
        {"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1700",
         "Hash mismatch"                                                                                                },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(wrong); i++) {
        const struct post post = signed_by(wrong[i].signature);

        assert_string_equal(wrong[i].message, refused("github", &post, mem));
    }
}

static void time__is_read_with_its_zone(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {
        {"2026-01-05T12:00:00Z",        1767614400},
        {"2026-01-05T14:00:00+02:00",   1767614400},
        {"2026-01-05T09:30:00-02:30",   1767614400},
        {"2026-01-05T14:00:00+0200",    1767614400},
        {"2026-01-05T12:00:00.123456Z", 1767614400},
        {"2024-02-29T00:00:00Z",        1709164800},
    };
    static const char *const bad[] = {"",
                                      "now",
                                      "2026-01-05",
                                      "2026-01-05T12:00:00",
                                      "2026-13-05T12:00:00Z",
                                      "2026-01-05T25:00:00Z",
                                      "2026-01-05T12:00:00Zulu",
                                      "2026-01-05T12:00:00+2",
                                      "2026-01-05T12:00:00+02:99"};
    struct ci_time out;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(good); i++) {
        assert_true(hook_parse_time(good[i].text, &out));
        assert_int_equal(good[i].seconds * 1000000, out.us);
    }
    for (size_t i = 0; i < CI_COUNT(bad); i++)
        assert_false(hook_parse_time(bad[i], &out));
    assert_false(hook_parse_time(NULL, &out));
    assert_true(hook_parse_time("1970-01-01T00:00:00Z", &out));
    assert_int_equal(1, out.us); /* 0 would be none */
}

/* ---- base ---- */

static void base__reads_query_and_form(void **state)
{
    struct post post = {
        .body = "branch=main&comments=a+b%0Ac&files=%5B%22a.c%22%2C%22b%22%5D&"
                "properties=%7B%22n%22%3A1%7D&when_timestamp=1767268800.25&project=app"};
    CI_AUTO_MEM mem = ci_mem_new();
    const struct new_change *change;

    (void)state;
    header(&post, "content-type", "application/x-www-form-urlencoded");
    query(&post, "who", "Ada");
    query(&post, "author", "");
    query(&post, "revision", "abc");
    query(&post, "repository", "git@github.com:o/r.git");
    change = only("base", &post, mem);
    assert_string_equal("Ada", change->author);
    assert_string_equal("main", change->branch);
    assert_string_equal("a b\nc", change->comments);
    assert_int_equal(2, change->files.count);
    assert_string_equal("a.c", change->files.items[0]);
    assert_int_equal(1767268800250000, change->when.us);
    assert_string_equal("app", change->project);
    assert_null(change->revlink); /* it has none of its own */
    assert_string_equal(
        "Change", json_string_value(json_array_get(json_object_get(change->properties, "n"), 1)));
    assert_null(change->category);
    assert_null(change->committer);
}

static void base__reads_json(void **state)
{
    struct post post = {.body =
                            "{\"author\": \"Ada\", \"revision\": 42, \"when\": 1767268800, "
                            "\"files\": [\"x\"], \"properties\": {\"a\": [1]}, \"branch\": null}"};
    CI_AUTO_MEM mem = ci_mem_new();
    const struct new_change *change;

    (void)state;
    header(&post, "content-type", "application/json; charset=utf-8");
    change = only("base", &post, mem);
    assert_string_equal("42", change->revision);
    assert_null(change->branch);
    assert_int_equal(1767268800000000, change->when.us);
    assert_int_equal(1, change->files.count);
}

static void base__without_fields_is_a_change_of_now(void **state)
{
    struct post post = {0};
    CI_AUTO_MEM mem = ci_mem_new();
    const struct new_change *change;

    (void)state;
    change = only("base", &post, mem);
    assert_null(change->revision);
    assert_int_equal(noon.us, change->when.us);
    query(&post, "when", "0");
    assert_int_equal(1, only("base", &post, mem)->when.us);
    query(&post, "author", "caf\xe9");
    assert_string_equal("caf\xef\xbf\xbd", only("base", &post, mem)->author);
}

static void base__refuses_what_it_cannot_read(void **state)
{
    static const struct {
        const char *name, *value, *message;
    } wrong[] = {
        {"files",          "[",         "files is no JSON: "                                  },
        {"files",          "{}",        "files is no JSON list"                               },
        {"files",          "[1]",       "files[0] is no string"                               },
        {"properties",     "[]",        "properties is no JSON object"                        },
        {"when_timestamp", "yesterday", "when is no time in seconds since 1970: \"yesterday\""},
        {"when",           "nan",       "when is no time"                                     },
        {"when",           "-1",        "when is no time"                                     },
        {"when",           "1e300",     "when is no time"                                     },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct post json = {.body = "{"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(wrong); i++) {
        struct post post = {0};

        query(&post, wrong[i].name, wrong[i].value);
        assert_memory_equal(wrong[i].message, refused("base", &post, mem),
                            strlen(wrong[i].message));
    }
    header(&json, "content-type", "application/json");
    assert_memory_equal("Error loading JSON: ", refused("base", &json, mem), 20);
    json.body = "[]";
    assert_string_equal("Error loading JSON: no object", refused("base", &json, mem));
}

static void base__takes_the_pollers_names(void **state)
{
    struct post post = {.config = {.change_sources = {&polled, 1}}};
    CI_AUTO_MEM mem = ci_mem_new();
    const struct new_change *change;

    (void)state;
    query(&post, "repository", "git@github.com:octo/app");
    change = only("base", &post, mem);
    assert_string_equal("https://github.com/octo/app.git", change->repository);
    assert_string_equal("polled", change->project);
    assert_string_equal("core", change->codebase);
    query(&post, "project", "mine");
    assert_string_equal("mine", only("base", &post, mem)->project);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature__of_githubs_documentation),
        cmocka_unit_test(signature__in_a_wrong_form),
        cmocka_unit_test(time__is_read_with_its_zone),
        cmocka_unit_test(base__reads_query_and_form),
        cmocka_unit_test(base__reads_json),
        cmocka_unit_test(base__without_fields_is_a_change_of_now),
        cmocka_unit_test(base__refuses_what_it_cannot_read),
        cmocka_unit_test(base__takes_the_pollers_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

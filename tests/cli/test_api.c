/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of commands, with flags wherever they stand, and what the commands share. */
#include "api.h"
#include "ci_test.h"

#include <string.h>

struct settings {
    struct api_settings api;
    const char *step;
    bool follow;
    int version;
};

static const struct ci_setting rows[] = {
    {"FOLLOW",  CI_SET_BOOL, offsetof(struct settings, follow),  "false",         "follow",  0, 0  },
    {"STEP",    CI_SET_STR,  offsetof(struct settings, step),    CI_SET_OPTIONAL, "step",    0, 0  },
    {"VERSION", CI_SET_INT,  offsetof(struct settings, version), "0",             "version", 0, 100},
};

enum { MAX_WORDS = 16 };

/* Loads the words into *out; "a,b" are the positional ones, or NULL on failure. */
static const char *load(void *mem, const char *const *words, struct settings *out,
                        struct ci_err *err)
{
    char *argv[MAX_WORDS] = {ci_mem_strdup(mem, "logs")};
    int argc = 1, rest = 0;
    struct ci_buf text;
    bool done = true;

    while (words[argc - 1]) {
        argv[argc] = ci_mem_strdup(mem, words[argc - 1]);
        argc++;
    }
    *out = (struct settings){0};
    if (!api_settings_load("logs", "prints logs", rows, CI_COUNT(rows), argc, argv, mem, out, &rest,
                           &done, err))
        return NULL;
    assert_false(done);
    ci_buf_init(&text, mem);
    for (int i = rest; i < argc; i++)
        ci_buf_printf(&text, "%s%s", i > rest ? "," : "", argv[i]);
    return text.text;
}

#define LOAD(mem, out, err, ...) load((mem), (const char *const[]){__VA_ARGS__, NULL}, (out), (err))

static void flags__may_stand_anywhere(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct settings settings;
    struct ci_err err = {0};

    (void)state;
    assert_string_equal("17,18", LOAD(mem, &settings, &err, "17", "--follow", "18", "--step", "x"));
    assert_true(settings.follow);
    assert_string_equal("x", settings.step);
    assert_string_equal("17", LOAD(mem, &settings, &err, "17", "--step=--x", "--url", "u"));
    assert_string_equal("--x", settings.step);
    assert_string_equal("u", settings.api.url);
    assert_string_equal("-", LOAD(mem, &settings, &err, "-", "--json"));
    assert_true(settings.api.json);
    assert_string_equal("a,--step,-x",
                        LOAD(mem, &settings, &err, "a", "--follow", "--", "--step", "-x"));
    assert_null(settings.step);
}

static void version__is_a_commands_own_flag(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct settings settings;
    struct ci_err err = {0};

    (void)state;
    assert_string_equal("", LOAD(mem, &settings, &err, "--version", "3"));
    assert_int_equal(3, settings.version);
    assert_string_equal("file", LOAD(mem, &settings, &err, "file", "--version=4"));
    assert_int_equal(4, settings.version);
}

static void flags__that_are_none_are_named(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct settings settings;
    struct ci_err err = {0};

    (void)state;
    assert_null(LOAD(mem, &settings, &err, "17", "--folow"));
    assert_int_equal(CI_EINVALID, err.code);
    assert_non_null(strstr(err.msg, "did you mean --follow?"));
    assert_null(LOAD(mem, &settings, &err, "-q", "17"));
    assert_non_null(strstr(err.msg, "unrecognized flag -q"));
    assert_null(LOAD(mem, &settings, &err, "17", "--step"));
    assert_non_null(strstr(err.msg, "needs a value"));
}

static void escape__leaves_nothing_that_a_url_gives_a_meaning(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("Az09-._~", api_escape(mem, "Az09-._~"));
    assert_string_equal("a%20b%2Fc%3Fd%26e%3D%25%C3%B6", api_escape(mem, "a b/c?d&e=%\xc3\xb6"));
}

static void fields__have_fallbacks(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *object =
        ci_mem_json(mem, json_pack("{s:s,s:i,s:n}", "text", "x", "number", 7, "nothing"));

    (void)state;
    assert_string_equal("x", json_text(object, "text", "-"));
    assert_string_equal("-", json_text(object, "number", "-"));
    assert_string_equal("-", json_text(object, "nothing", "-"));
    assert_int_equal(7, json_number(object, "number", 1));
    assert_int_equal(1, json_number(object, "text", 1));
    assert_int_equal(1, json_number(NULL, "number", 1));
}

static void patience__is_for_what_may_come_back(void **state)
{
    struct api_patience patience = {0};
    struct ci_err err = {.code = CI_EUNAVAILABLE};

    (void)state;
    assert_true(api_patient(&patience, &err));
    assert_true(api_patient(&patience, &err));
    patience.since.us -= 61 * 1000000;
    assert_false(api_patient(&patience, &err));
    patience = (struct api_patience){0};
    err.code = CI_ENOTFOUND;
    assert_false(api_patient(&patience, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags__may_stand_anywhere),
        cmocka_unit_test(version__is_a_commands_own_flag),
        cmocka_unit_test(flags__that_are_none_are_named),
        cmocka_unit_test(escape__leaves_nothing_that_a_url_gives_a_meaning),
        cmocka_unit_test(fields__have_fallbacks),
        cmocka_unit_test(patience__is_for_what_may_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

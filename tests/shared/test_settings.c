/* SPDX-License-Identifier: Apache-2.0 */
#include "ci_test.h"
#include "shared/log.h"
#include "shared/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings {
    const char *url;
    const char *token;
    const char *listen;
    const char *dir;
    int count;
    struct ci_dur every;
    bool loud;
    enum ci_level level;
};

static const struct ci_setting common_rows[] = {
    {"TEST_LISTEN", CI_SET_ADDRESS, offsetof(struct settings, listen), "0.0.0.0:1", "address",     0,
     0                                                                                                 },
    {"TEST_LEVEL",  CI_SET_LEVEL,   offsetof(struct settings, level),  "info",      "least level", 0, 0},
    {"TEST_URL",    CI_SET_STR,     offsetof(struct settings, url),    NULL,        "database",    0, 0},
};
static const struct ci_setting own_rows[] = {
    {"TEST_COUNT", CI_SET_INT,      offsetof(struct settings, count), "3",             "how many", 1, 9   },
    {"TEST_DIR",   CI_SET_PATH,     offsetof(struct settings, dir),   CI_SET_OPTIONAL, "folder",   0, 0   },
    {"TEST_EVERY", CI_SET_DURATION, offsetof(struct settings, every), "10s",           "pause",    1, 3600},
    {"TEST_LOUD",  CI_SET_BOOL,     offsetof(struct settings, loud),  "false",         "loud",     0, 0   },
    {"TEST_TOKEN", CI_SET_SECRET,   offsetof(struct settings, token), CI_SET_OPTIONAL, "token",    0, 0   },
};
static const struct ci_settings_table tables[] = {
    {common_rows, CI_COUNT(common_rows), false},
    {own_rows,    CI_COUNT(own_rows),    false},
};

struct fixture {
    void *mem;
    struct settings out;
    enum ci_settings_outcome outcome;
    struct ci_err err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->mem = ci_mem_new();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    for (size_t t = 0; t < CI_COUNT(tables); t++) {
        for (size_t i = 0; i < tables[t].count; i++) {
            char name[64];

            snprintf(name, sizeof(name), "SLIPWAY_%s", tables[t].rows[i].name);
            unsetenv(name);
        }
    }
    unsetenv("SLIPWAY_TEST_TOKEN_FILE");
    ci_mem_free(f->mem);
    free(f);
    return 0;
}

/* Loads from the words of `line`, which follow the program's name. */
static bool load_rest(struct fixture *f, const char *line, int *rest)
{
    char *words = ci_mem_strdup(f->mem, line), *save = NULL;
    char *argv[20] = {ci_mem_strdup(f->mem, "prog")};
    int argc = 1;

    for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    f->out = (struct settings){0};
    return ci_settings_load("prog", "tests itself", tables, CI_COUNT(tables), argc, argv, f->mem,
                            &f->out, rest, &f->outcome, &f->err);
}

static bool load(struct fixture *f, const char *line)
{
    return load_rest(f, line, NULL);
}

static void assert_refused(struct fixture *f, const char *line, const char *message)
{
    assert_false(load(f, line));
    assert_int_equal(CI_EINVALID, f->err.code);
    assert_string_equal(message, f->err.msg);
}

static void load__takes_defaults(void **state)
{
    struct fixture *f = *state;

    assert_ok(load(f, "--test-url x"), f->err);
    assert_int_equal(CI_SETTINGS_RUN, f->outcome);
    assert_string_equal("x", f->out.url);
    assert_string_equal("0.0.0.0:1", f->out.listen);
    assert_int_equal(3, f->out.count);
    assert_int_equal(10000000, f->out.every.us);
    assert_int_equal(CI_INFO, f->out.level);
    assert_false(f->out.loud);
    assert_null(f->out.dir);
    assert_null(f->out.token);
}

static void load__reads_flags(void **state)
{
    struct fixture *f = *state;

    assert_ok(load(f, "--test-url=a=b --test-count 9 --test-every=1m30s --test-loud"
                      " --test-level debug --test-listen [::1]:80 --test-dir /d --test-token t"),
              f->err);
    assert_string_equal("a=b", f->out.url);
    assert_int_equal(9, f->out.count);
    assert_int_equal(90000000, f->out.every.us);
    assert_true(f->out.loud);
    assert_int_equal(CI_DEBUG, f->out.level);
    assert_string_equal("[::1]:80", f->out.listen);
    assert_string_equal("/d", f->out.dir);
    assert_string_equal("t", f->out.token);
}

static void load__reads_variables_and_prefers_flags(void **state)
{
    struct fixture *f = *state;

    setenv("SLIPWAY_TEST_URL", "", 1);
    setenv("SLIPWAY_TEST_COUNT", "4", 1);
    setenv("SLIPWAY_TEST_LOUD", "true", 1);
    assert_ok(load(f, "--test-count=5"), f->err);
    assert_string_equal("", f->out.url);
    assert_int_equal(5, f->out.count);
    assert_true(f->out.loud);
    assert_ok(load(f, "--test-loud=false"), f->err);
    assert_int_equal(4, f->out.count);
    assert_false(f->out.loud);
}

static void load__names_what_is_wrong(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, "", "--test-url or SLIPWAY_TEST_URL is required: database");
    assert_refused(f, "--test-url", "--test-url needs a value");
    assert_refused(f, "--test-url x --test-count 10", "--test-count: 10 is not between 1 and 9");
    assert_refused(f, "--test-url x --test-count 1x", "--test-count: \"1x\" is not a whole number");
    assert_refused(f, "--test-url x --test-listen here",
                   "--test-listen: \"here\" is not an address such as 0.0.0.0:8010");
    assert_refused(f, "--test-url x --test-every 2h",
                   "--test-every: \"2h\" is not between 1 and 3600 seconds");
    assert_refused(f, "--test-url x more", "unexpected argument \"more\"");
    assert_refused(f, "--test-cuont 1",
                   "unrecognized flag --test-cuont; did you mean --test-count?");
    assert_refused(f, "--xyz", "unrecognized flag --xyz; --help lists them");
    setenv("SLIPWAY_TEST_LEVEL", "loud", 1);
    assert_refused(f, "--test-url x",
                   "SLIPWAY_TEST_LEVEL: \"loud\" is none of debug, info, warn, error");
}

static void addresses__are_checked(void **state)
{
    static const char *const bad[] = {"", ":", "80", "a:b", "a:", "a:65536", "::1:80", "[::1]80"};
    static const char *const good[] = {":0", "127.0.0.1:80", "[::]:65535", "host.example:1"};
    struct fixture *f = *state;

    setenv("SLIPWAY_TEST_URL", "x", 1);
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        setenv("SLIPWAY_TEST_LISTEN", bad[i], 1);
        assert_false(load(f, ""));
    }
    for (size_t i = 0; i < CI_COUNT(good); i++) {
        setenv("SLIPWAY_TEST_LISTEN", good[i], 1);
        assert_ok(load(f, ""), f->err);
    }
}

static void secrets__come_from_files(void **state)
{
    struct fixture *f = *state;
    char path[] = "/tmp/test_settings.XXXXXX", line[128];
    int fd = mkstemp(path);

    assert_int_equal(9, write(fd, "two\nlines", 9));
    assert_int_equal(1, write(fd, "\n", 1));
    close(fd);
    setenv("SLIPWAY_TEST_URL", "x", 1);
    setenv("SLIPWAY_TEST_TOKEN", "variable", 1);
    snprintf(line, sizeof(line), "--test-token-file %s", path);
    assert_ok(load(f, line), f->err);
    assert_string_equal("two\nlines", f->out.token);
    setenv("SLIPWAY_TEST_TOKEN_FILE", path, 1);
    assert_refused(f, "", "both SLIPWAY_TEST_TOKEN and SLIPWAY_TEST_TOKEN_FILE are given");
    unsetenv("SLIPWAY_TEST_TOKEN");
    assert_ok(load(f, ""), f->err);
    assert_string_equal("two\nlines", f->out.token);
    unlink(path);
    assert_false(load(f, ""));
    assert_non_null(strstr(f->err.msg, "SLIPWAY_TEST_TOKEN_FILE: could not open"));
}

static void tables__of_flags_only_take_no_variable(void **state)
{
    struct fixture *f = *state;
    const struct ci_settings_table flags[] = {
        {common_rows, CI_COUNT(common_rows), true},
    };
    char program[] = "test", flag[] = "--test-url=flag";
    char *with[] = {program, flag, NULL}, *without[] = {program, NULL};
    enum ci_settings_outcome outcome;

    setenv("SLIPWAY_TEST_URL", "variable", 1);
    f->out = (struct settings){0};
    assert_ok(ci_settings_load("test", "tests", flags, 1, 2, with, f->mem, &f->out, NULL, &outcome,
                               &f->err),
              f->err);
    assert_string_equal("flag", f->out.url);
    assert_false(ci_settings_load("test", "tests", flags, 1, 1, without, f->mem, &f->out, NULL,
                                  &outcome, &f->err));
    assert_non_null(strstr(f->err.msg, "--test-url is required"));
}

static void rest__is_where_arguments_begin(void **state)
{
    struct fixture *f = *state;
    int rest = 0;

    assert_ok(load_rest(f, "--test-url x command --flag", &rest), f->err);
    assert_int_equal(3, rest);
    assert_ok(load_rest(f, "--test-url x -- --flag", &rest), f->err);
    assert_int_equal(4, rest);
    assert_ok(load_rest(f, "--test-url x -", &rest), f->err);
    assert_int_equal(3, rest);
}

/* What load() prints on stdout. */
static char *printed(struct fixture *f, const char *line)
{
    char *text = ci_mem_array(f->mem, char, 8192);
    FILE *file = tmpfile();
    int real;

    fflush(stdout);
    real = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    assert_true(load(f, line));
    fflush(stdout);
    dup2(real, STDOUT_FILENO);
    close(real);
    rewind(file);
    assert_true(fread(text, 1, 8191, file) > 0);
    fclose(file);
    return text;
}

static void help__prints_the_table(void **state)
{
    struct fixture *f = *state;
    const char *text = printed(f, "--help");

    assert_int_equal(CI_SETTINGS_DONE, f->outcome);
    assert_non_null(strstr(text, "prog: tests itself\n"));
    assert_non_null(
        strstr(text, "\n  --test-listen ADDR:PORT  SLIPWAY_TEST_LISTEN  0.0.0.0:1  address\n"));
    assert_non_null(
        strstr(text, "\n  --test-url TEXT          SLIPWAY_TEST_URL     required   database\n"));
    assert_string_equal("prog " SLIPWAY_VERSION "\n", printed(f, "--version"));
}

static void nearest__finds_slips(void **state)
{
    static const char *const names[] = {"branches", "builders", "name", "steps"};

    (void)state;
    assert_string_equal("branches", ci_nearest("brnaches", names, 4));
    assert_string_equal("builders", ci_nearest("builder", names, 4));
    assert_string_equal("name", ci_nearest("nam", names, 4));
    assert_string_equal("steps", ci_nearest("steps", names, 4));
    assert_null(ci_nearest("poll_interval", names, 4));
    assert_null(ci_nearest("", names, 4));
    assert_null(ci_nearest("x", names, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(load__takes_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(load__reads_flags, set_up, tear_down),
        cmocka_unit_test_setup_teardown(load__reads_variables_and_prefers_flags, set_up, tear_down),
        cmocka_unit_test_setup_teardown(load__names_what_is_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(addresses__are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets__come_from_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tables__of_flags_only_take_no_variable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rest__is_where_arguments_begin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(help__prints_the_table, set_up, tear_down),
        cmocka_unit_test(nearest__finds_slips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Merging environments. */
#include "ci_test.h"
#include "stepenv.h"

#include <string.h>

static const char *const base[] = {"PATH=/bin", "HOME=/home/ci", "SLIPWAY_PASSWORD=geheim",
                                   "EMPTY=",    "PATHX=1",       NULL};

static void stepenv__keeps_the_agents_secrets(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct stepenv env;

    stepenv_init(&env, mem, base);
    assert_string_equal(stepenv_get(&env, "PATH"), "/bin");
    assert_string_equal(stepenv_get(&env, "EMPTY"), "");
    assert_null(stepenv_get(&env, "SLIPWAY_PASSWORD"));
    assert_null(stepenv_get(&env, "PAT"));
    assert_int_equal(env.count, 4);
}

static void stepenv__sets_replaces_and_deletes(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct stepenv env;
    const char *const *list;

    stepenv_init(&env, mem, base);
    stepenv_set(&env, "PATH", "/usr/bin");
    stepenv_set(&env, "NEW", "1");
    stepenv_set(&env, "HOME", NULL);
    stepenv_set(&env, "NONE", NULL);
    assert_string_equal(stepenv_get(&env, "PATH"), "/usr/bin");
    assert_string_equal(stepenv_get(&env, "NEW"), "1");
    assert_null(stepenv_get(&env, "HOME"));
    list = stepenv_list(&env);
    assert_null(list[4]);
    for (int i = 0; i < 300; i++)
        stepenv_set(&env, ci_mem_printf(mem, "K%d", i), "v");
    assert_int_equal(env.count, 304);
    assert_null(stepenv_list(&env)[304]);
}

static void stepenv__expands_variables(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"",                    ""              },
        {"plain",               "plain"         },
        {"${PATH}:/opt",        "/bin:/opt"     },
        {"a${NONE}b",           "ab"            },
        {"$PATH $",             "$PATH $"       },
        {"$${PATH}",            "${PATH}"       },
        {"${PATH",              "${PATH"        },
        {"${}x",                "x"             },
        {"${PATH}${HOME}$$",    "/bin/home/ci$$"},
        {"${SLIPWAY_PASSWORD}", ""              },
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct stepenv env;

    stepenv_init(&env, mem, base);
    for (size_t i = 0; i < CI_COUNT(rows); i++)
        assert_string_equal(stepenv_expand(mem, rows[i].text, &env), rows[i].expected);
}

static void stepenv__adds_in_order(void **state)
{
    (void)state;
    const struct ci_pair_kv items[] = {
        {"PATH", "/x:${PATH}"},
        {"HOME", NULL        },
        {"PATH", "${PATH}"   }
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct stepenv env, from;

    stepenv_init(&from, mem, base);
    stepenv_init(&env, mem, base);
    stepenv_add(&env, (struct ci_kvs){items, 2}, &from);
    assert_string_equal(stepenv_get(&env, "PATH"), "/x:/bin");
    assert_null(stepenv_get(&env, "HOME"));
    stepenv_add(&env, (struct ci_kvs){items, 3}, &from);
    assert_string_equal(stepenv_get(&env, "PATH"), "/bin");
}

static void stepenv__knows_names_of_secrets(void **state)
{
    (void)state;
    assert_true(stepenv_is_secret("API_TOKEN"));
    assert_true(stepenv_is_secret("db_password"));
    assert_true(stepenv_is_secret("AWS_SECRET_ACCESS_KEY"));
    assert_false(stepenv_is_secret("PATH"));
    assert_false(stepenv_is_secret("KEYBOARD"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stepenv__keeps_the_agents_secrets),
        cmocka_unit_test(stepenv__sets_replaces_and_deletes),
        cmocka_unit_test(stepenv__expands_variables),
        cmocka_unit_test(stepenv__adds_in_order),
        cmocka_unit_test(stepenv__knows_names_of_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Dependent schedulers: what follows from buildsets that went well. */
#include "loops_test.h"

static const char chain[] = "  - {type: single_branch, name: up, branch: main, builders: [a]}\n"
                            "  - {type: dependent, name: mid, upstream: up, builders: [b]}\n"
                            "  - {type: dependent, name: end, upstream: mid, builders: [a, b]}\n"
                            "  - {type: dependent, name: other, upstream: end, builders: [a]}\n";

/* What the builder does when the last request of a scheduler's buildset ends. */
static void complete(const char *scheduler, int results)
{
    CI_AUTO_MEM mem = ci_mem_new();

    db_test_sql(db_test.db,
                ci_mem_printf(mem,
                              "WITH done AS (UPDATE buildsets SET complete = true, complete_at = "
                              "now(), results = %d WHERE scheduler = '%s' AND NOT complete "
                              "RETURNING bsid) INSERT INTO completions SELECT bsid FROM done",
                              results, scheduler));
}

static void dependent__follows_success_and_warnings(void **state)
{
    (void)state;
    use_config(chain);
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(1, count("buildsets"));
    complete("up", 0);
    tick(tick_completions, noon);
    assert_int_equal(0, count("completions"));
    assert_int_equal(1, count("buildsets WHERE scheduler = 'mid' AND reason = 'downstream'"));
    complete("mid", 1);
    tick(tick_completions, noon);
    assert_int_equal(1, count("buildsets WHERE scheduler = 'end'"));
    assert_int_equal(3, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE "
                              "revision = 'r1'"));
    assert_int_equal(1, count("sourcestamps"));
    assert_int_equal(3, count("buildset_changes"));
    tick(tick_completions, noon);
    assert_int_equal(3, count("buildsets"));
}

static void dependent__ignores_everything_else(void **state)
{
    (void)state;
    use_config(chain);
    for (int results = 2; results <= 6; results++) {
        CI_AUTO_MEM mem = ci_mem_new();

        push("main", ci_mem_printf(mem, "r%d", results), "{}");
        tick(tick_inbox, noon);
        complete("up", results);
    }
    tick(tick_completions, noon);
    assert_int_equal(5, count("buildsets"));
    assert_int_equal(0, count("completions"));
}

static void dependent__that_is_disabled_skips(void **state)
{
    (void)state;
    use_config(chain);
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false WHERE name = 'mid'");
    complete("up", 0);
    tick(tick_completions, noon);
    assert_int_equal(1, count("buildsets"));
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = true WHERE name = 'mid'");
    tick(tick_completions, noon);
    assert_int_equal(1, count("buildsets"));
}

static void dependent__keeps_the_patch(void **state)
{
    (void)state;
    use_config(chain);
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    db_test_sql(db_test.db, "INSERT INTO patches (body) VALUES ('diff')");
    db_test_sql(db_test.db, "UPDATE sourcestamps SET patchid = 1");
    complete("up", 0);
    tick(tick_completions, noon);
    assert_int_equal(2, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE "
                              "patchid = 1"));
    assert_int_equal(1, count("sourcestamps"));
}

static void dependent__has_its_own_properties_and_reason(void **state)
{
    (void)state;
    use_config("  - {type: single_branch, name: up, branch: main, builders: [a],\n"
               "     properties: {from: up}}\n"
               "  - {type: dependent, name: down, upstream: up, builders: [b], priority: 5,\n"
               "     reason: packaging, properties: {own: true}}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    complete("up", 0);
    tick(tick_completions, noon);
    assert_int_equal(1, count("buildsets WHERE scheduler = 'down' AND reason = 'packaging' AND "
                              "properties -> 'own' -> 0 = 'true' AND NOT properties ? 'from'"));
    assert_int_equal(1, count("buildrequests WHERE priority = 5"));
}

/* A configuration that this replica has not taken up may name the dependent one. */
static void dependent__of_a_newer_configuration_starts(void **state)
{
    (void)state;
    use_config("  - {type: single_branch, name: up, branch: main, builders: [a]}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    store_config(chain);
    complete("up", 0);
    tick(tick_completions, noon);
    assert_int_equal(1, count("buildsets WHERE scheduler = 'mid'"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, loops_test_clean)
    const struct CMUnitTest tests[] = {
        TEST(dependent__follows_success_and_warnings),
        TEST(dependent__ignores_everything_else),
        TEST(dependent__that_is_disabled_skips),
        TEST(dependent__keeps_the_patch),
        TEST(dependent__has_its_own_properties_and_reason),
        TEST(dependent__of_a_newer_configuration_starts),
    };

    return cmocka_run_group_tests(tests, loops_test_open, loops_test_close);
}

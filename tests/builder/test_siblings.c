/* SPDX-License-Identifier: Apache-2.0 */
/* Cancelling the rest of a buildset whose build failed. */
#include "fixture.h"
#include "siblings.h"

#define NUMBER(text) db_test_number(db_test.db, (text))

/* One buildset of both builders; returns its id. */
static struct ci_buildset_made add(const char *branch)
{
    const int64_t ids[] = {fixture_builder("linux"), fixture_builder("other")};
    const struct ci_source source = {.repository = "r", .branch = branch, .revision = "abc"};
    const struct ci_buildset_request request = {
        .reason = "test", .sources = &source, .source_count = 1, .builderids = {ids, 2}
    };
    struct ci_buildset_made made = {0};
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_buildset_add(&tx, &request, ci_time_now(), fixture.mem, &made, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return made;
}

static int64_t after_failure(const struct ci_canceller *canceller,
                             const struct ci_buildset_made *made)
{
    struct ci_canceller copy = *canceller;
    const struct ci_config config = {
        .cancellers = {&copy, 1}
    };
    const struct siblings_of failed = {made->bsid, made->brids.items[0], "linux"};
    int64_t count = 0;
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(siblings_cancel(&tx, &config, &failed, fixture.mem, &count, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return count;
}

static const char *const linux_only[] = {"linux"};
static const char *const other_only[] = {"other"};
static const char *const main_branch[] = {"main"};

static void siblings__of_a_failed_build_are_cancelled(void **state)
{
    const struct ci_canceller canceller = {
        .type = CI_CANCEL_FAILING_BUILDSET, .builders = {linux_only, 1}
    };
    struct ci_buildset_made failed, unrelated;

    (void)state;
    failed = add("main");
    unrelated = add("main");
    assert_int_equal(1, after_failure(&canceller, &failed));
    assert_int_equal(failed.brids.items[1],
                     NUMBER("SELECT buildrequestid AS n FROM buildrequests WHERE cancel_reason ="
                            " 'linux of the same buildset failed'"));
    assert_int_not_equal(failed.bsid, unrelated.bsid);
    assert_int_equal(0, after_failure(&canceller, &failed));
}

static void siblings__of_other_builders_failures_stay(void **state)
{
    const struct ci_canceller of_other =
                                  {
                                      .type = CI_CANCEL_FAILING_BUILDSET,
                                      .builders = {other_only, 1}
    },
                              cancels_linux = {.type = CI_CANCEL_FAILING_BUILDSET,
                                               .builders = {linux_only, 1},
                                               .builders_to_cancel = {linux_only, 1}},
                              old_build = {.type = CI_CANCEL_OLD_BUILD};
    const struct ci_buildset_made made = add("main");

    (void)state;
    assert_int_equal(0, after_failure(&of_other, &made));
    assert_int_equal(0, after_failure(&cancels_linux, &made));
    assert_int_equal(0, after_failure(&old_build, &made));
}

static void siblings__obey_the_source_filter(void **state)
{
    const struct ci_canceller canceller = {
        .type = CI_CANCEL_FAILING_BUILDSET,
        .source_filter = {.given = true, .branch = {.given = true, .eq = {main_branch, 1}}},
    };
    const struct ci_buildset_made on_main = add("main"), elsewhere = add("x");

    (void)state;
    assert_int_equal(0, after_failure(&canceller, &elsewhere));
    assert_int_equal(1, after_failure(&canceller, &on_main));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(siblings__of_a_failed_build_are_cancelled),
        fixture_test(siblings__of_other_builders_failures_stay),
        fixture_test(siblings__obey_the_source_filter),
    };

    return cmocka_run_group_tests_name("builder.siblings", tests, fixture_open, db_test_close);
}

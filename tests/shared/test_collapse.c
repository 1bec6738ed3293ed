/* SPDX-License-Identifier: Apache-2.0 */
/* Collapsing and cancelling: Buildbot's rules row by row, and what they do to the tables. */
#include "db_test.h"
#include "shared/collapse.h"

#include <string.h>

static void *mem;

static int begin(void **state)
{
    (void)state;
    mem = ci_mem_new();
    db_test_sql(db_test.db, "TRUNCATE buildsets, sourcestamps, builders, changes RESTART IDENTITY "
                            "CASCADE");
    db_test_sql(db_test.db, "INSERT INTO builders (name) VALUES ('a'), ('b')");
    return 0;
}

static int end(void **state)
{
    (void)state;
    ci_mem_free(mem);
    return 0;
}

static json_t *json(const char *text)
{
    json_t *value = ci_mem_json(mem, json_loads(text, 0, NULL));

    assert_non_null(value);
    return value;
}

/* ---- the rules ---- */

#define MAIN                                                                                       \
    "{\"codebase\": \"\", \"repository\": \"r\", \"project\": \"\", \"branch\": \"main\", "        \
    "\"revision\": \"1\"}"
#define MAIN_2                                                                                     \
    "{\"codebase\": \"\", \"repository\": \"r\", \"project\": \"\", \"branch\": \"main\", "        \
    "\"revision\": \"2\"}"
#define OTHER_BRANCH                                                                               \
    "{\"codebase\": \"\", \"repository\": \"r\", \"project\": \"\", \"branch\": \"x\", "           \
    "\"revision\": \"1\"}"
#define OTHER_REPOSITORY                                                                           \
    "{\"codebase\": \"\", \"repository\": \"s\", \"project\": \"\", \"branch\": \"main\", "        \
    "\"revision\": \"1\"}"
#define OTHER_CODEBASE                                                                             \
    "{\"codebase\": \"c\", \"repository\": \"r\", \"project\": \"\", \"branch\": \"main\", "       \
    "\"revision\": \"1\"}"
#define PATCHED                                                                                    \
    "{\"codebase\": \"\", \"repository\": \"r\", \"project\": \"\", \"branch\": \"main\", "        \
    "\"revision\": \"1\", \"patched\": true}"
#define NO_BRANCH                                                                                  \
    "{\"codebase\": \"\", \"repository\": \"r\", \"project\": \"\", \"branch\": null, "            \
    "\"revision\": \"1\"}"
#define GERRIT(n)                                                                                  \
    "{\"codebase\": \"\", \"repository\": \"r\", \"project\": \"\", "                              \
    "\"branch\": \"refs/changes/34/1234/" n "\", \"revision\": \"" n "\"}"

struct side {
    const char *sources; /* of a JSON list */
    bool changes;
    const char *properties; /* or NULL */
};
struct rule {
    const char *name;
    struct side older, newer;
    bool on, compare;
};

static struct ci_rival rival(const struct side *side, int64_t id)
{
    return (struct ci_rival){
        .buildrequestid = id,
        .bsid = id,
        .builderid = 1,
        .builder = "a",
        .has_changes = side->changes,
        .sources = json(ci_mem_printf(mem, "[%s]", side->sources)),
        .properties = side->properties ? json(side->properties) : NULL,
    };
}

#define RULE(name_, s1, c1, p1, s2, c2, p2, on_, compare_)                                         \
    {                                                                                              \
        .name = (name_), .older = {s1, c1, p1}, .newer = {s2, c2, p2}, .on = (on_),                \
        .compare = (compare_)                                                                      \
    }
static const struct rule rules[] = {
    RULE("changes of one branch", MAIN, true, NULL, MAIN_2, true, NULL, true, true),
    RULE("no changes, same revision", MAIN, false, NULL, MAIN, false, NULL, true, true),
    RULE("no changes, other revision", MAIN, false, NULL, MAIN_2, false, NULL, true, false),
    RULE("only one has changes", MAIN, true, NULL, MAIN_2, false, NULL, true, false),
    RULE("another branch", MAIN, true, NULL, OTHER_BRANCH, true, NULL, false, false),
    RULE("another repository", MAIN, true, NULL, OTHER_REPOSITORY, true, NULL, false, false),
    RULE("another codebase", MAIN, true, NULL, OTHER_CODEBASE, true, NULL, false, false),
    RULE("more codebases", MAIN, true, NULL, MAIN "," OTHER_CODEBASE, true, NULL, false, false),
    RULE("the older is a patch", PATCHED, true, NULL, MAIN, true, NULL, false, false),
    RULE("the newer is a patch", MAIN, true, NULL, PATCHED, true, NULL, false, false),
    RULE("schedulers set the same", MAIN, true, "{\"p\": [1, \"Scheduler\"]}", MAIN_2, true,
         "{\"p\": [1, \"Scheduler\"]}", true, true),
    RULE("schedulers set something else", MAIN, true, "{\"p\": [1, \"Scheduler\"]}", MAIN_2, true,
         "{\"p\": [2, \"Scheduler\"]}", true, false),
    RULE("only the newer's scheduler set it", MAIN, true, NULL, MAIN_2, true,
         "{\"p\": [2, \"Scheduler\"]}", true, false),
    RULE("their schedulers differ", MAIN, true, "{\"scheduler\": [\"x\", \"Scheduler\"]}", MAIN_2,
         true, "{\"scheduler\": [\"y\", \"Scheduler\"]}", true, true),
    RULE("people set something else", MAIN, true, "{\"p\": [1, \"Force\"]}", MAIN_2, true,
         "{\"p\": [2, \"Force\"]}", true, true),
};

static void collapse__compares_as_buildbot_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < CI_COUNT(rules); i++) {
        const struct ci_rival older = rival(&rules[i].older, 1), newer = rival(&rules[i].newer, 2);

        if (ci_collapse_allows(CI_COLLAPSE_ON, &older, &newer) != rules[i].on ||
            ci_collapse_allows(CI_COLLAPSE_COMPARE, &older, &newer) != rules[i].compare)
            fail_msg("%s", rules[i].name);
        assert_false(ci_collapse_allows(CI_COLLAPSE_OFF, &older, &newer));
        assert_false(ci_collapse_allows(CI_COLLAPSE_ON, &newer, &older));
    }
}

static void collapse__spares_claimed_ones_and_other_builders(void **state)
{
    const struct side main_side = {MAIN, true, NULL};
    struct ci_rival older = rival(&main_side, 1), newer = rival(&main_side, 2);

    (void)state;
    older.claimed = true;
    assert_false(ci_collapse_allows(CI_COLLAPSE_ON, &older, &newer));
    older.claimed = false;
    newer.builderid = 2;
    assert_false(ci_collapse_allows(CI_COLLAPSE_ON, &older, &newer));
}

static void collapse__takes_one_buildset_for_one(void **state)
{
    const struct side main_side = {MAIN, true, NULL}, other = {OTHER_BRANCH, false, NULL};
    struct ci_rival older = rival(&main_side, 1), newer = rival(&other, 2);

    (void)state;
    newer.bsid = older.bsid;
    assert_true(ci_collapse_allows(CI_COLLAPSE_COMPARE, &older, &newer));
}

static void old_build_canceller__follows_the_branch(void **state)
{
    static const char *const names[] = {"a"};
    const struct ci_canceller canceller = {
        .type = CI_CANCEL_OLD_BUILD, .builders = {names, 1},
             .merge_gerrit_iterations = true
    };
    const struct side main_side = {MAIN, true, NULL}, main_2 = {MAIN_2, true, NULL},
                      other = {OTHER_BRANCH, true, NULL}, forced = {MAIN_2, false, NULL},
                      none = {NO_BRANCH, true, NULL}, one = {GERRIT("1"), true, NULL},
                      two = {GERRIT("2"), true, NULL};
    struct ci_rival older = rival(&main_side, 1), newer = rival(&main_2, 2);
    const struct ci_rival elsewhere = rival(&other, 3), manual = rival(&forced, 3),
                          nowhere = rival(&none, 3), nowhere_2 = rival(&none, 4),
                          first = rival(&one, 3), second = rival(&two, 4);

    (void)state;
    older.claimed = true; /* also running */
    assert_true(ci_canceller_ends(&canceller, &older, &newer));
    assert_false(ci_canceller_ends(&canceller, &newer, &older));
    assert_false(ci_canceller_ends(&canceller, &older, &elsewhere));
    assert_false(ci_canceller_ends(&canceller, &older, &manual));
    assert_false(ci_canceller_ends(&canceller, &nowhere, &nowhere_2));
    assert_true(ci_canceller_ends(&canceller, &first, &second));
    newer.builder = "b";
    assert_false(ci_canceller_ends(&canceller, &older, &newer));
}

static void old_build_canceller__obeys_its_filter(void **state)
{
    static const char *const branches[] = {"x"};
    const struct ci_canceller canceller = {
        .type = CI_CANCEL_OLD_BUILD,
        .source_filter = {.given = true, .branch = {.given = true, .eq = {branches, 1}}},
    };
    const struct side main_side = {MAIN, true, NULL}, other = {OTHER_BRANCH, true, NULL};
    const struct ci_rival older = rival(&main_side, 1), newer = rival(&main_side, 2),
                          older_x = rival(&other, 1), newer_x = rival(&other, 2);

    (void)state;
    assert_false(ci_canceller_ends(&canceller, &older, &newer));
    assert_true(ci_canceller_ends(&canceller, &older_x, &newer_x));
}

/* ---- the tables ---- */

static const struct ci_time now = {INT64_C(1700000000000000)};

/* A buildset of both builders for this branch, and a change of it unless 0, committed. */
static struct ci_superseded add_change(const struct ci_config *config, const char *branch,
                                       const char *revision, int64_t changeid)
{
    static const int64_t both[] = {1, 2};
    const struct ci_source source = {.repository = "r", .branch = branch, .revision = revision};
    const struct ci_buildset_request request = {
        .reason = "x",
        .sources = &source,
        .source_count = 1,
        .changeids = {&changeid, changeid > 0},
        .builderids = {both,      2           },
    };
    struct ci_buildset_made made;
    struct ci_superseded done;
    CI_AUTO_TX tx = {0};
    struct ci_err err;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_buildset_add(&tx, &request, now, mem, &made, &err), err);
    assert_ok(ci_buildset_supersede(&tx, config, &made, now, mem, &done, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    return done;
}

static struct ci_superseded add(const struct ci_config *config, const char *branch,
                                const char *revision)
{
    return add_change(config, branch, revision, 0);
}

static int64_t number(const char *query)
{
    return db_test_number(db_test.db, query);
}

static void supersede__skips_the_older_request(void **state)
{
    struct ci_builder builders[] = {
        {.name = "a", .collapse_requests = CI_COLLAPSE_ON },
        {.name = "b", .collapse_requests = CI_COLLAPSE_OFF},
    };
    const struct ci_config config = {
        .builders = {builders, 2}
    };
    struct ci_superseded done;

    (void)state;
    done = add(&config, "main", "1");
    assert_int_equal(0, done.collapsed.count);
    done = add(&config, "main", "2");
    assert_int_equal(1, done.collapsed.count);
    assert_int_equal(0, done.buildsets.count);
    assert_int_equal(1, number("SELECT count(*) AS n FROM buildrequests WHERE buildrequestid = 1 "
                               "AND complete AND results = 3 AND collapsed_into = 3"));
    assert_int_equal(1, number("SELECT open_requests AS n FROM buildsets WHERE bsid = 1"));
    assert_int_equal(3, number("SELECT count(*) AS n FROM buildrequests WHERE NOT complete"));
    assert_int_equal(0, add(&config, "other", "3").collapsed.count);
}

static void supersede__completes_a_buildset_of_skipped_ones(void **state)
{
    struct ci_builder builders[] = {
        {.name = "a", .collapse_requests = CI_COLLAPSE_ON},
        {.name = "b", .collapse_requests = CI_COLLAPSE_ON},
    };
    const struct ci_config config = {
        .builders = {builders, 2}
    };
    struct ci_superseded done;

    (void)state;
    (void)add(&config, "main", "1");
    done = add(&config, "main", "2");
    assert_int_equal(2, done.collapsed.count);
    assert_int_equal(1, done.buildsets.count);
    assert_int_equal(1,
                     number("SELECT count(*) AS n FROM buildsets WHERE bsid = 1 AND complete AND "
                            "results = 0 AND open_requests = 0"));
}

static void supersede__leaves_what_another_claims(void **state)
{
    struct ci_builder builders[] = {
        {.name = "a", .collapse_requests = CI_COLLAPSE_ON},
        {.name = "b"          }
    };
    const struct ci_config config = {
        .builders = {builders, 2}
    };
    CI_AUTO_TX holder = {0};
    static const struct ci_stmt lock = {
        "hold", "UPDATE buildrequests SET claimed = true WHERE buildrequestid = 1"};
    struct ci_err err;

    (void)state;
    (void)add(&config, "main", "1");
    assert_ok(ci_tx_begin(db_test.db, &holder, &err), err);
    assert_ok(ci_db_exec(&holder, &lock, CI_NO_ARGS, NULL, &err), err);
    assert_int_equal(0, add(&config, "main", "2").collapsed.count);
    assert_ok(ci_tx_commit(&holder, &err), err);
    assert_int_equal(0, number("SELECT count(*) AS n FROM buildrequests WHERE complete"));
}

static void supersede__asks_for_the_end_of_old_builds(void **state)
{
    struct ci_builder builders[] = {{.name = "a"}, {.name = "b"}};
    static const char *const names[] = {"b"};
    struct ci_canceller cancellers[] = {
        {.type = CI_CANCEL_OLD_BUILD, .builders = {names, 1}}
    };
    const struct ci_config config = {
        .builders = {builders,   2},
          .cancellers = {cancellers, 1}
    };
    struct ci_superseded done;

    (void)state;
    (void)add(&config, "main", "1");
    db_test_sql(db_test.db, "INSERT INTO changes (ssid, author, when_timestamp, source) "
                            "VALUES (1, 'a', now(), 'test')");
    db_test_sql(db_test.db, "UPDATE buildrequests SET claimed = true");
    done = add(&config, "main", "1"); /* a force: nobody asked to end anything */
    assert_int_equal(0, done.cancelled);
    done = add_change(&config, "main", "2", 1);
    assert_int_equal(2, done.cancelled);
    assert_int_equal(2, number("SELECT count(*) AS n FROM buildrequests WHERE builderid = 2 AND "
                               "cancel_reason LIKE 'superseded by request 6,%'"));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(collapse__compares_as_buildbot_does),
        CASE(collapse__spares_claimed_ones_and_other_builders),
        CASE(collapse__takes_one_buildset_for_one),
        CASE(old_build_canceller__follows_the_branch),
        CASE(old_build_canceller__obeys_its_filter),
        CASE(supersede__skips_the_older_request),
        CASE(supersede__completes_a_buildset_of_skipped_ones),
        CASE(supersede__leaves_what_another_claims),
        CASE(supersede__asks_for_the_end_of_old_builds),
    };

    return cmocka_run_group_tests_name("shared.collapse", tests, db_test_open, db_test_close);
}

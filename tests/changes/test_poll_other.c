/* SPDX-License-Identifier: Apache-2.0 */
/* Polling real Mercurial and Subversion repositories, made in a folder of the test's own. */
#include "poll_test.h"
#include "polls/hg.h"
#include "polls/svn.h"

#define HG_ENV "export HGRCPATH= HGUSER='Ada <ada@x>' HGPLAIN=1; "

static void begin_hg(const char *options)
{
    CI_AUTO_MEM mem = ci_mem_new();

    sh(HG_ENV "rm -rf h; hg init h; cd h; echo 1 > a; hg commit -qAm first");
    begin_with(ci_mem_printf(mem,
                             "change_sources:\n  - {type: hg_poller, name: p, repository: %s/h, "
                             "poll_interval: 60s, project: app%s%s}\n",
                             folder, *options ? ", " : "", options));
}

static void begin_svn(const char *options)
{
    CI_AUTO_MEM mem = ci_mem_new();

    sh("rm -rf s sw; svnadmin create s; svn mkdir -q -m layout file://$PWD/s/trunk "
       "file://$PWD/s/branches file://$PWD/s/tags; svn checkout -q file://$PWD/s sw;"
       "cd sw; echo 1 > trunk/a; svn add -q trunk/a; svn commit -q -m first; svn update -q");
    begin_with(ci_mem_printf(mem,
                             "change_sources:\n  - {type: svn_poller, name: p, repository: "
                             "\"file://%s/s\", poll_interval: 60s, project: app%s%s}\n",
                             folder, *options ? ", " : "", options));
}

/* As assert_changes(), where branches may be null. */
static void assert_found(const char *expected)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *text = ci_mem_printf(
        mem,
        "(SELECT string_agg(coalesce(branch, '-') || ':' || comments, ' ' ORDER BY changeid) AS t "
        "FROM changes) AS x WHERE coalesce(t, '') = '%s'",
        expected);

    if (count(text) != 1) {
        fail_msg("changes are not \"%s\": there are %d", expected, (int)count("changes"));
    }
}

static void hg__first_poll_only_records(void **state)
{
    (void)state;
    begin_hg("");
    poll();
    assert_found("");
    assert_well();
    assert_int_equal(1, count("deliveries WHERE kind = 'poll' AND verdict = 'idle'"));
    assert_int_equal(1, count("pollers WHERE due_at BETWEEN last_poll_at + '60 s'::interval AND "
                              "last_poll_at + '66 s'::interval"));
    poll();
    poll();
    assert_found("");
    assert_int_equal(1, count("deliveries WHERE verdict = 'idle' AND repeated = 2"));
}

static void hg__changesets_become_changes(void **state)
{
    (void)state;
    begin_hg("category: push");
    poll();
    sh(HG_ENV "cd h; mkdir d; echo 2 > d/b; echo 2 > a; hg commit -qAm second -d '1767268800 0';"
              "hg branch -q other; echo 3 > c; hg commit -qAm unseen; hg update -q default;"
              "echo 4 > e; hg commit -qAm third");
    poll();
    assert_found("default:second default:third");
    assert_well();
    assert_int_equal(1, count("changes WHERE author = 'Ada <ada@x>' AND files = '{a,d/b}' AND "
                              "project = 'app' AND category = 'push' AND source = 'p' AND "
                              "when_timestamp = to_timestamp(1767268800) AND "
                              "length(revision) = 40"));
    assert_int_equal(1, count("deliveries WHERE verdict = 'changes' AND found = 2 AND "
                              "array_length(changeids, 1) = 2 AND NOT recovered AND source = 'p'"));
}

static void hg__branches_by_glob_and_several_heads(void **state)
{
    (void)state;
    begin_hg("branches: [default, \"rel-*\"]");
    poll();
    sh(HG_ENV "cd h; hg branch -q rel-1; echo 2 > b; hg commit -qAm one; hg update -q default;"
              "echo x > x; hg commit -qAm left; hg update -q 0; echo y > y; hg commit -qAm right;");
    poll();
    assert_int_equal(1, count("changes WHERE branch = 'rel-1'"));
    assert_int_equal(2, count("changes WHERE branch = 'default'"));
    assert_int_equal(3, count("poller_refs"));
    sh(HG_ENV "cd h; hg merge -q; hg commit -qm merge");
    poll();
    assert_int_equal(4, count("changes"));
    assert_int_equal(1, count("changes WHERE comments = 'merge'"));
}

static void hg__bookmarks_are_branches_of_their_own(void **state)
{
    (void)state;
    begin_hg("bookmarks: [\"f/*\"]");
    poll();
    sh(HG_ENV "cd h; hg bookmark f/1; echo 2 > b; hg commit -qAm one; hg bookmark -i f/1;"
              "hg update -q 0; echo 3 > c; hg commit -qAm unmarked");
    poll();
    assert_found("f/1:one");
    sh(HG_ENV "cd h; hg update -q f/1; echo 3 > b; hg commit -qAm two");
    poll();
    assert_found("f/1:one f/1:two");
    assert_well();
}

static void hg__history_that_was_replaced_is_one_change(void **state)
{
    (void)state;
    begin_hg("");
    poll();
    sh(HG_ENV "rm -rf state/deep/*; cd h; echo 2 > a; hg commit -qm kept");
    poll(); /* the cache is gone, the old head is an ancestor */
    assert_found("default:kept");
    sh(HG_ENV "rm -rf state/deep/*; rm -rf h; hg init h; cd h; echo z > a; hg commit -qAm other1;"
              "echo y > a; hg commit -qm other2");
    poll();
    assert_found("default:kept default:other2");
    assert_well();
}

static void hg__empty_repository_gets_its_first_changesets(void **state)
{
    (void)state;
    begin_hg("");
    sh(HG_ENV "rm -rf h; hg init h");
    poll();
    sh(HG_ENV "cd h; echo 1 > a; hg commit -qAm one; echo 2 > a; hg commit -qm two");
    poll();
    assert_found("default:one default:two");
    assert_well();
}

static void hg__broken_cache_is_made_anew(void **state)
{
    (void)state;
    begin_hg("");
    poll();
    sh(HG_ENV
       "touch state/deep/x; for d in state/deep/*.hg; do echo junk > $d/.hg/store/00changelog.i; done;"
       "cd h; echo 2 > a; hg commit -qm second");
    poll();
    assert_found("default:second");
    assert_well();
}

static void hg__failure_is_told(void **state)
{
    (void)state;
    begin_hg("user: ci, password: very-secret-word");
    sh("rm -rf h");
    poll();
    assert_int_equal(1,
                     count("pollers WHERE failures = 1 AND last_error LIKE 'hg pull: abort: %'"));
    assert_int_equal(1, count("deliveries WHERE verdict = 'failed' AND reason LIKE 'hg pull:%'"));
    assert_int_equal(0, count("deliveries WHERE reason LIKE '%very-secret%'"));
    sh("! grep -rl very-secret state || test \"$(stat -c %a state/deep/*.hg/.hg/hgrc)\" = 600");
}

static void svn__revisions_become_changes(void **state)
{
    (void)state;
    begin_svn("revlink: \"http://x/?rev=%s\"");
    poll();
    assert_found("");
    sh("cd sw; echo 2 > trunk/a; echo 1 > \"trunk/b c\"; svn add -q 'trunk/b c';"
       "svn commit -q -m second; svn update -q; svn copy -q trunk branches/1.x;"
       "svn commit -q -m third; svn update -q");
    poll();
    assert_found("-:second -:third");
    assert_well();
    assert_int_equal(1, count("changes WHERE revision = '3' AND files = '{trunk/a,\"trunk/b c\"}' "
                              "AND revlink = 'http://x/?rev=3' AND project = 'app'"));
    poll();
    assert_int_equal(2, count("changes"));
}

static void svn__branches_are_split_off(void **state)
{
    (void)state;
    begin_svn("split_file: branches");
    poll();
    sh("cd sw; svn copy -q trunk branches/1.x; svn commit -q -m branch; svn update -q;"
       "echo 2 > trunk/a; echo 3 > branches/1.x/a; svn commit -q -m both; svn update -q;"
       "svn copy -q trunk tags/t; svn commit -q -m tag; svn update -q;"
       "svn delete -q branches/1.x; svn commit -q -m gone; svn update -q");
    poll();
    assert_int_equal(3, count("changes"));
    assert_int_equal(1, count("changes WHERE branch = 'branches/1.x' AND comments = 'branch'"));
    assert_int_equal(1, count("changes WHERE branch = 'branches/1.x' AND comments = 'both' AND "
                              "files = '{a}'"));
    assert_int_equal(1, count("changes WHERE branch IS NULL AND comments = 'both' AND "
                              "files = '{a}'"));
}

static void svn__histmax_goes_on_at_once(void **state)
{
    (void)state;
    begin_svn("histmax: 2");
    poll();
    sh("cd sw; for i in 2 3 4 5 6; do echo $i > trunk/a; svn commit -q -m c$i; done");
    poll(); /* all rounds: each is due at once */
    assert_found("-:c2 -:c3 -:c4 -:c5 -:c6");
    assert_well();
}

static void svn__failure_is_told(void **state)
{
    (void)state;
    begin_svn("user: ci, password: very-secret-word");
    sh("rm -rf s");
    poll();
    assert_int_equal(1,
                     count("pollers WHERE failures = 1 AND last_error LIKE 'svn info: svn: E%'"));
    assert_int_equal(0, count("pollers WHERE last_error LIKE '%very-secret%'"));
}

static void parsers__refuse_what_is_none(void **state)
{
    static const char torn[] = "abc\0def\0";
    static const char *const bad[] = {
        "",
        "<log>",
        "<log><path action='A'>x</path></log>",
        "<!DOCTYPE log [<!ENTITY a 'b'>]><log>&a;</log>",
        "<a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a>",
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct svn_info info;
    struct ci_list out;
    struct ci_err err;

    (void)state;
    assert_false(hg_parse_log((struct ci_bytes){torn, sizeof(torn)}, mem, &out, &err));
    for (size_t i = 0; i < CI_COUNT(bad); i++) {
        const struct ci_bytes text = {bad[i], strlen(bad[i])};

        assert_false(svn_parse_log(text, mem, &out, &err));
        assert_false(svn_parse_info(text, mem, &info, &err));
    }
}

static void split__goes_by_buildbots_functions(void **state)
{
    static const struct {
        enum ci_svn_split split;
        const char *path, *project, *branch, *file;
    } rows[] = {
        {CI_SVN_ALWAYS_TRUNK,      "trunk/a",        NULL, NULL,         "trunk/a"},
        {CI_SVN_BRANCHES,          "trunk/a/b",      NULL, NULL,         "a/b"    },
        {CI_SVN_BRANCHES,          "trunk",          NULL, NULL,         ""       },
        {CI_SVN_BRANCHES,          "branches/1/a",   NULL, "branches/1", "a"      },
        {CI_SVN_BRANCHES,          "branches/",      NULL, NULL,         NULL     },
        {CI_SVN_BRANCHES,          "tags/1/a",       NULL, NULL,         NULL     },
        {CI_SVN_BRANCHES,          "",               NULL, NULL,         NULL     },
        {CI_SVN_PROJECTS_BRANCHES, "p/trunk/a",      "p",  NULL,         "a"      },
        {CI_SVN_PROJECTS_BRANCHES, "p/branches/1/a", "p",  "branches/1", "a"      },
        {CI_SVN_PROJECTS_BRANCHES, "trunk",          NULL, NULL,         NULL     },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct svn_place place;
        bool found = svn_split(rows[i].split, rows[i].path, mem, &place);

        assert_int_equal(rows[i].file != NULL, found);
        if (!found)
            continue;
        assert_string_equal(rows[i].file, place.file);
        assert_string_equal(rows[i].branch ? rows[i].branch : "", place.branch ? place.branch : "");
        assert_string_equal(rows[i].project ? rows[i].project : "",
                            place.project ? place.project : "");
    }
    assert_string_equal("x", svn_below("/a/b", "/a/b/x"));
    assert_string_equal("", svn_below("/a/b", "/a/b"));
    assert_null(svn_below("/a/b", "/a/bc"));
    assert_null(svn_below("/a/b", "/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hg__first_poll_only_records, clean, end),
        cmocka_unit_test_setup_teardown(hg__changesets_become_changes, clean, end),
        cmocka_unit_test_setup_teardown(hg__branches_by_glob_and_several_heads, clean, end),
        cmocka_unit_test_setup_teardown(hg__bookmarks_are_branches_of_their_own, clean, end),
        cmocka_unit_test_setup_teardown(hg__history_that_was_replaced_is_one_change, clean, end),
        cmocka_unit_test_setup_teardown(hg__empty_repository_gets_its_first_changesets, clean, end),
        cmocka_unit_test_setup_teardown(hg__broken_cache_is_made_anew, clean, end),
        cmocka_unit_test_setup_teardown(hg__failure_is_told, clean, end),
        cmocka_unit_test_setup_teardown(svn__revisions_become_changes, clean, end),
        cmocka_unit_test_setup_teardown(svn__branches_are_split_off, clean, end),
        cmocka_unit_test_setup_teardown(svn__histmax_goes_on_at_once, clean, end),
        cmocka_unit_test_setup_teardown(svn__failure_is_told, clean, end),
        cmocka_unit_test(parsers__refuse_what_is_none),
        cmocka_unit_test(split__goes_by_buildbots_functions),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}

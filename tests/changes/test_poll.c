/* SPDX-License-Identifier: Apache-2.0 */
/* Polling real repositories, made by git in a folder of the test's own. */
#include "poll_test.h"

#include <pthread.h>

static void first__poll_only_records(void **state)
{
    (void)state;
    begin("");
    poll();
    assert_changes("");
    assert_well();
    assert_int_equal(1, count("poller_refs WHERE branch = 'main'"));
    poll();
    assert_changes("");
}

static void commits__become_changes_with_all_their_fields(void **state)
{
    (void)state;
    begin("category: push");
    poll();
    sh("cd r; mkdir d; echo 2 > d/b; echo 2 > a; git add .; git commit -qm 'second\n\nwith a body';"
       "printf x > \"$(printf 'odd\\nname')\"; git add .; git commit -q --allow-empty-message -m '';"
       "git commit -q --allow-empty -m third");
    poll();
    assert_changes("main:second main: main:third");
    assert_well();
    assert_int_equal(
        1, count("changes WHERE author = 'Ada <ada@x>' AND committer = 'Bob <bob@x>' AND "
                 "comments = E'second\\n\\nwith a body' AND files = '{a,d/b}' AND project = "
                 "'app' AND category = 'push' AND codebase = '' AND source = 'p' AND "
                 "when_timestamp = to_timestamp(1767268800) AND length(revision) = 40"));
    assert_int_equal(1, count("changes WHERE files = ARRAY[E'odd\\nname']"));
    assert_int_equal(3, count("change_inbox"));
    assert_int_equal(2, count("changes WHERE parent_changeid IS NOT NULL"));
}

static void merges__count_once_on_the_first_parents_line(void **state)
{
    (void)state;
    begin("");
    poll();
    sh("cd r; git checkout -qb side; echo s > s; git add s; git commit -qm side1; echo t > t;"
       "git add t; git commit -qm side2; git checkout -q main; echo 2 > a; git commit -qam second;"
       "git merge -q --no-ff -m merge side");
    poll();
    assert_changes("main:second main:merge");
    assert_int_equal(1, count("changes WHERE comments = 'merge' AND files = '{s,t}'"));
}

static void branches__by_glob_come_and_go(void **state)
{
    (void)state;
    begin("branches: [main, \"rel/*\"]");
    poll();
    sh("cd r; git checkout -qb rel/1; echo 2 > b; git add b; git commit -qm rel-fix;"
       "git checkout -qb other; git commit -q --allow-empty -m unseen; git branch rel/2 main;"
       "git checkout -q main; git commit -q --allow-empty -m on-main");
    poll();
    assert_changes("main:on-main rel/1:rel-fix"); /* rel/2 has nothing new */
    assert_int_equal(3, count("poller_refs"));
    sh("cd r; git branch -qD rel/1 rel/2");
    poll();
    assert_well();
    assert_int_equal(1, count("poller_refs"));
    /* A folder where a branch was, and the other way round. */
    sh("cd r; git checkout -qb rel/1/a; git commit -q --allow-empty -m deeper; git checkout -q main");
    poll();
    assert_changes("main:on-main rel/1:rel-fix rel/1/a:deeper");
    assert_well();
}

static void force_push__counts_from_what_is_known(void **state)
{
    (void)state;
    begin("");
    sh("cd r; git commit -q --allow-empty -m doomed");
    poll();
    sh("cd r; git reset -q --hard HEAD^; git commit -q --allow-empty -m new1; git commit -q --allow-empty -m new2");
    poll();
    assert_changes("main:new1 main:new2");
    sh("cd r; git reset -q --hard HEAD~2"); /* back: nothing new */
    poll();
    assert_changes("main:new1 main:new2");
    assert_well();
}

static void force_push__after_the_cache_was_lost_is_one_change(void **state)
{
    (void)state;
    begin("");
    poll();
    sh("rm -rf state/deep/*; cd r; git commit -q --allow-empty -m kept");
    poll(); /* the old tip is an ancestor: nothing was missed */
    assert_changes("main:kept");
    sh("rm -rf state/deep/*; rm -rf r; git init -q -b main r; cd r; git commit -q --allow-empty -m other1;"
       "git commit -q --allow-empty -m other2");
    poll();
    assert_changes("main:kept main:other2");
    assert_well();
}

static void cache__that_is_broken_is_made_anew(void **state)
{
    (void)state;
    begin("");
    poll();
    sh("for f in state/deep/*.git/refs/tips/*; do touch $f.lock; done; cd r; git commit -q --allow-empty -m locked");
    poll();
    assert_changes("main:locked");
    sh("rm state/deep/*.git/config; rm -r state/deep/*.git/objects; cd r; git commit -q --allow-empty -m gone");
    poll();
    assert_changes("main:locked main:gone");
    assert_well();
}

static void empty__repository_gets_its_first_commit(void **state)
{
    (void)state;
    sh("rm -rf r; git init -q -b main r");
    begin("");
    poll();
    assert_well();
    assert_int_equal(0, count("poller_refs"));
    sh("cd r; git commit -q --allow-empty -m first; git commit -q --allow-empty -m second");
    poll();
    assert_changes("main:first main:second");
}

static void unreachable__remote_keeps_its_error_and_recovers(void **state)
{
    (void)state;
    begin("");
    poll();
    sh("mv r away");
    poll();
    poll();
    assert_int_equal(
        1, count("pollers WHERE failures = 2 AND last_error LIKE 'git ls-remote: fatal: %'"
                 " AND claimed_until IS NULL"));
    assert_int_equal(1, count("poller_refs"));
    sh("mv away r; cd r; git commit -q --allow-empty -m back");
    poll();
    assert_changes("main:back");
    assert_well();
}

static void old__commits_of_1970_are_stored(void **state)
{
    (void)state;
    begin("");
    poll();
    sh("cd r; GIT_COMMITTER_DATE='@0 +0000' git commit -q --allow-empty -m epoch");
    poll();
    assert_changes("main:epoch");
    assert_well();
}

/* What the poller finds, a hook has reported before. */
static void known__commits_make_no_second_change(void **state)
{
    (void)state;
    begin("");
    poll();
    sh("cd r; git commit -q --allow-empty -m once");
    poll();
    db_test_sql(db_test.db, "DELETE FROM change_inbox");
    db_test_sql(db_test.db, "UPDATE poller_refs SET revision = repeat('0', 40)");
    poll();
    assert_changes("main:once");
    assert_int_equal(0, count("change_inbox"));
}

/* A git that hangs, with a child that ignores SIGTERM: both are gone after the deadline. */
static void with_hung_git(bool on)
{
    static char *path;

    if (on) {
        CI_AUTO_MEM mem = ci_mem_new();

        path = strdup(getenv("PATH"));
        sh("mkdir -p fake; printf '#!/bin/sh\\ntrap \"\" TERM\\necho $$ > %s/fake/pid\\n"
           "sleep 600 & wait; sleep 600\\n' \"$PWD\" > fake/git; chmod +x fake/git");
        setenv("PATH", ci_mem_printf(mem, "%s/fake:%s", folder, path), 1);
    } else {
        setenv("PATH", path, 1);
        free(path);
    }
}

static void hung__git_is_killed_with_its_group(void **state)
{
    (void)state;
    begin("timeout: 1s");
    with_hung_git(true);
    poll();
    with_hung_git(false);
    assert_int_equal(1,
                     count("pollers WHERE last_error = 'git ls-remote: git timed out after 1 s'"));
    sh("test -s fake/pid; pid=$(cat fake/pid); ! kill -0 -- -$pid 2>/dev/null");
    poll();
    assert_well();
}

static void *drain_soon(void *arg)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *pid = ci_mem_printf(mem, "%s/fake/pid", folder);

    while (access(pid, F_OK) != 0)
        usleep(1000);
    poll_drain(arg);
    return NULL;
}

static void stop__gives_the_claim_back(void **state)
{
    pthread_t thread;

    (void)state;
    begin("");
    sh("rm -rf fake");
    with_hung_git(true);
    assert_int_equal(0, pthread_create(&thread, NULL, drain_soon, &app));
    poll();
    pthread_join(thread, NULL);
    with_hung_git(false);
    assert_int_equal(
        1, count("pollers WHERE last_error IS NULL AND claimed_until IS NULL AND NOT initialized"));
}

static void *renew_and_release(void *arg)
{
    struct ci_err err = {0};

    (void)arg;
    while (count("pollers WHERE claimed_until = '2026-01-05 13:00:20+00'") == 0) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_tick tick = {.mem = mem, .now = ci_time_add(noon, ci_seconds(3600))};

        assert_ok(tick_renew(&app, &tick, &err), err);
    }
    poll_drain(&app);
    return NULL;
}

static void renew__pushes_on_the_claims_under_way(void **state)
{
    pthread_t thread;

    (void)state;
    begin("");
    with_hung_git(true);
    assert_int_equal(0, pthread_create(&thread, NULL, renew_and_release, NULL));
    poll();
    pthread_join(thread, NULL);
    with_hung_git(false);
    assert_int_equal(1, count("pollers WHERE claimed_until IS NULL"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, clean, end)
    const struct CMUnitTest tests[] = {
        TEST(first__poll_only_records),
        TEST(commits__become_changes_with_all_their_fields),
        TEST(merges__count_once_on_the_first_parents_line),
        TEST(branches__by_glob_come_and_go),
        TEST(force_push__counts_from_what_is_known),
        TEST(force_push__after_the_cache_was_lost_is_one_change),
        TEST(cache__that_is_broken_is_made_anew),
        TEST(empty__repository_gets_its_first_commit),
        TEST(unreachable__remote_keeps_its_error_and_recovers),
        TEST(old__commits_of_1970_are_stored),
        TEST(known__commits_make_no_second_change),
        TEST(hung__git_is_killed_with_its_group),
        TEST(stop__gives_the_claim_back),
        TEST(renew__pushes_on_the_claims_under_way),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}

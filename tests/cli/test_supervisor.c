/* SPDX-License-Identifier: Apache-2.0 */
/* Children that die are started again; children that are to stop, stop. */
#include "ci_test.h"
#include "shared/clock.h"
#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char log_path[64];

static int begin(void **state)
{
    int fd;

    (void)state;
    snprintf(log_path, sizeof(log_path), "/tmp/slipway-log-XXXXXX");
    fd = mkstemp(log_path);
    return fd < 0 ? -1 : close(fd);
}

static int end(void **state)
{
    (void)state;
    return unlink(log_path);
}

/* A shell that runs `script`. */
static struct child shell(const char *name, const char *const argv[4], enum stage stage)
{
    return (struct child){.name = name, .argv = argv, .stage = stage, .log_path = log_path};
}

#define SHELL(script) ((const char *const[4]){"/bin/sh", "-c", (script), NULL})

static const char *log_text(void *mem)
{
    char *text = ci_mem_array(mem, char, 65536);
    FILE *file = fopen(log_path, "r");

    assert_non_null(file);
    assert_true(fread(text, 1, 65535, file) < 65535);
    fclose(file);
    return text;
}

/* Waits for the next death, and collects it at `now`, or at once when that is 0. */
static struct ci_mono tend_after_death(struct supervisor *supervisor, struct ci_mono now)
{
    siginfo_t info;

    while (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) != 0)
        assert_int_equal(EINTR, errno);
    return supervisor_tend(supervisor, now.us ? now : ci_mono_now());
}

static void child__that_dies_is_started_again_with_growing_pauses(void **state)
{
    struct child child = shell("dies", SHELL("echo here; exit 3"), STAGE_SERVICE);
    struct supervisor supervisor = {0};
    struct ci_err err = {0};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_ok(supervisor_add(&supervisor, &child, &err), err);
    for (int i = 0; i < 8; i++) {
        struct ci_mono now = ci_mono_now(), again = tend_after_death(&supervisor, now);
        int64_t pause = i < 6 ? 100000 << i : 5000000;

        assert_int_equal(0, child.pid);
        assert_int_equal(pause, ci_mono_since(again, now).us);
        assert_int_equal(i + 1, child.deaths);
        assert_int_equal(3, WEXITSTATUS(child.status));
        assert_true((supervisor_failing(&supervisor, 6) == &child) == (i >= 5));
        /* Not before its time. */
        (void)supervisor_tend(&supervisor, (struct ci_mono){again.us - 1});
        assert_int_equal(0, child.pid);
        (void)supervisor_tend(&supervisor, again);
        assert_true(child.pid > 0);
    }
    supervisor_stop(&supervisor, STAGE_SERVICE);
    assert_non_null(strstr(log_text(mem), "here\nhere\n"));
}

static void child__that_lived_long_is_started_again_soon(void **state)
{
    struct child child = shell("lives", SHELL("exit 1"), STAGE_SERVICE);
    struct supervisor supervisor = {0};
    struct ci_err err = {0};
    struct ci_mono later;

    (void)state;
    assert_ok(supervisor_add(&supervisor, &child, &err), err);
    child.pause.us = 5000000;
    child.deaths = 5;
    later = ci_mono_add(child.started_at, ci_seconds(11));
    assert_int_equal(100000, ci_mono_since(tend_after_death(&supervisor, later), later).us);
    assert_int_equal(1, child.deaths);
    supervisor_stop(&supervisor, STAGE_SERVICE);
}

static void child__gets_its_environment(void **state)
{
    static const char *const env[] = {"TEST_NEW=a=b", "TEST_OLD", NULL};
    struct child child =
        shell("env", SHELL("echo \"$TEST_NEW,${TEST_OLD-none},$TEST_KEPT\""), STAGE_SERVICE);
    struct supervisor supervisor = {0};
    struct ci_err err = {0};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    setenv("TEST_OLD", "old", 1);
    setenv("TEST_KEPT", "kept", 1);
    child.env = env;
    assert_ok(supervisor_add(&supervisor, &child, &err), err);
    (void)tend_after_death(&supervisor, (struct ci_mono){0});
    assert_string_equal("a=b,none,kept\n", log_text(mem));
}

static void child__that_cannot_be_run_is_refused(void **state)
{
    static const char *const argv[] = {"/nonexistent/program", NULL};
    struct child child = {.name = "none", .argv = argv, .log_path = log_path};
    struct supervisor supervisor = {0};
    struct ci_err err = {0};

    (void)state;
    assert_false(supervisor_add(&supervisor, &child, &err));
    assert_int_equal(CI_ENOTFOUND, err.code);
    assert_non_null(strstr(err.msg, "\"/nonexistent/program\""));
    supervisor_stop(&supervisor, STAGE_STORE);
}

static void stop__ends_one_stage_and_leaves_the_others(void **state)
{
    struct child store = shell("store", SHELL("exec sleep 1000"), STAGE_STORE);
    struct child one = shell("one", SHELL("exec sleep 1000"), STAGE_SERVICE);
    struct child two = shell("two", SHELL("exec sleep 1000"), STAGE_SERVICE);
    struct supervisor supervisor = {0};
    struct ci_err err = {0};

    (void)state;
    assert_ok(supervisor_add(&supervisor, &store, &err), err);
    assert_ok(supervisor_add(&supervisor, &one, &err), err);
    assert_ok(supervisor_add(&supervisor, &two, &err), err);
    supervisor_stop(&supervisor, STAGE_SERVICE);
    assert_int_equal(0, one.pid);
    assert_int_equal(0, two.pid);
    assert_int_equal(0, kill(store.pid, 0));
    supervisor_stop(&supervisor, STAGE_STORE);
    assert_int_equal(-1, waitpid(-1, NULL, WNOHANG));
    assert_int_equal(ECHILD, errno);
}

static void stop__kills_what_does_not_obey(void **state)
{
    struct child child =
        shell("deaf", SHELL("trap '' TERM; echo deaf; while :; do sleep 0.1; done"), STAGE_SERVICE);
    struct supervisor supervisor = {0};
    struct ci_err err = {0};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    child.stop_time = ci_millis(50);
    assert_ok(supervisor_add(&supervisor, &child, &err), err);
    while (!strstr(log_text(mem), "deaf\n"))
        usleep(1000);
    supervisor_stop(&supervisor, STAGE_SERVICE);
    assert_int_equal(0, child.pid);
    assert_int_equal(-1, waitpid(-1, NULL, WNOHANG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(child__that_dies_is_started_again_with_growing_pauses,
                                        begin, end),
        cmocka_unit_test_setup_teardown(child__that_lived_long_is_started_again_soon, begin, end),
        cmocka_unit_test_setup_teardown(child__gets_its_environment, begin, end),
        cmocka_unit_test_setup_teardown(child__that_cannot_be_run_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(stop__ends_one_stage_and_leaves_the_others, begin, end),
        cmocka_unit_test_setup_teardown(stop__kills_what_does_not_obey, begin, end),
    };
    sigset_t deaths;

    sigemptyset(&deaths);
    sigaddset(&deaths, SIGCHLD);
    sigprocmask(SIG_BLOCK, &deaths, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

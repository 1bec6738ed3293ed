/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes: output, environment, deadlines that reach the whole group. */
#include "ci_test.h"
#include "shared/clock.h"
#include "shared/proc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ci_proc shell(const char *const argv[4], int64_t timeout_ms)
{
    return (struct ci_proc){.argv = argv, .timeout = ci_millis(timeout_ms)};
}

#define SHELL(script) ((const char *const[4]){"sh", "-c", (script), NULL})

static void proc__returns_output_and_exit_code(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *const env[] = {"SLIPWAY_TEST=yes", "HOME=/nowhere", NULL};
    struct ci_proc proc =
        shell(SHELL("echo $SLIPWAY_TEST $HOME; pwd; echo bad >&2; exit 3"), 60000);
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    proc.env = env;
    proc.dir = "/";
    assert_true(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(result.exit_code, 3);
    assert_int_equal(result.signal, 0);
    assert_string_equal(result.out.data, "yes /nowhere\n/\n");
    assert_string_equal(result.err_text, "bad\n");
}

static void proc__tells_the_signal(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_proc proc = shell(SHELL("kill -KILL $$"), 60000);
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    assert_true(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(result.exit_code, -1);
    assert_int_equal(result.signal, SIGKILL);
}

static void proc__fails_to_start(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *const argv[] = {"slipway-no-such-program", NULL};
    struct ci_proc proc = {.argv = argv, .timeout = ci_seconds(60)};
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    assert_false(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_non_null(strstr(err.msg, "slipway-no-such-program"));
}

static void proc__keeps_the_end_of_stderr(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_proc proc =
        shell(SHELL("head -c 100000 /dev/zero | tr '\\0' x >&2; printf END >&2"), 60000);
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    assert_true(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(strlen(result.err_text), 4096);
    assert_string_equal(result.err_text + 4093, "END");
}

static void proc__limits_output(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_proc proc = shell(SHELL("exec cat /dev/zero"), 60000);
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    proc.max_output = 100000;
    assert_false(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(err.code, CI_ETOOLARGE);
}

/* The pid that the script wrote into the file. */
static pid_t pid_in(const char *path)
{
    char text[32] = "";
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    return atoi(text);
}

static bool is_gone(pid_t pid)
{
    char path[64], state = 0;
    FILE *file;

    if (kill(pid, 0) != 0)
        return true;
    /* A zombie that init has not collected yet counts as gone. */
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    if (!file)
        return true;
    if (fscanf(file, "%*d %*s %c", &state) != 1)
        state = 0;
    fclose(file);
    return state == 'Z' || state == 'X';
}

static void proc__deadline_kills_the_whole_group(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char path[] = "/tmp/slipway-test-proc-XXXXXX";
    int fd = mkstemp(path);
    /* The grandchild's parent is gone, it ignores SIGTERM and holds our pipes. */
    const char *script = ci_mem_printf(
        mem,
        "(sh -c 'trap \"\" TERM; echo $$ > %s; while :; do sleep 1000; done' &) ; exec sleep 1000",
        path);
    struct ci_proc proc = shell(SHELL(script), 700);
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_false(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_non_null(strstr(err.msg, "timed out"));
    while (!is_gone(pid_in(path)))
        ;
    unlink(path);
}

static void *set_after_start(void *arg)
{
    __atomic_store_n((volatile bool *)arg, true, __ATOMIC_RELAXED);
    return NULL;
}

static void proc__abort_ends_it_soon(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_proc proc = shell(SHELL("exec sleep 1000"), 600000);
    struct ci_proc_result result = {0};
    volatile bool abort = false;
    struct ci_mono began = ci_mono_now();
    pthread_t thread;
    struct ci_err err;

    (void)state;
    proc.abort = &abort;
    pthread_create(&thread, NULL, set_after_start, (void *)(uintptr_t)&abort);
    assert_false(ci_proc_run(&proc, mem, &result, &err));
    pthread_join(thread, NULL);
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_true(ci_mono_since(ci_mono_now(), began).us < 30000000);
}

static void proc__leaves_no_descendant_after_a_good_end(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_proc proc = shell(SHELL("sleep 1000 & echo $!"), 600000);
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    assert_true(ci_proc_run(&proc, mem, &result, &err));
    while (!is_gone(atoi(result.out.data)))
        ;
}

static void proc__reads_its_input(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_proc proc = shell(SHELL("cat; cat"), 60000);
    char *long_text = ci_mem_array(mem, char, CI_PROC_INPUT + 2);
    struct ci_proc_result result = {0};
    struct ci_err err;

    (void)state;
    proc.input = "a secret\n";
    assert_true(ci_proc_run(&proc, mem, &result, &err));
    assert_string_equal("a secret\n", result.out.data);
    memset(long_text, 'x', CI_PROC_INPUT + 1);
    proc.input = long_text;
    assert_false(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(CI_EINVALID, err.code);
    proc.input = long_text + 1;
    assert_true(ci_proc_run(&proc, mem, &result, &err));
    assert_int_equal(CI_PROC_INPUT, result.out.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proc__returns_output_and_exit_code),
        cmocka_unit_test(proc__tells_the_signal),
        cmocka_unit_test(proc__fails_to_start),
        cmocka_unit_test(proc__keeps_the_end_of_stderr),
        cmocka_unit_test(proc__limits_output),
        cmocka_unit_test(proc__deadline_kills_the_whole_group),
        cmocka_unit_test(proc__abort_ends_it_soon),
        cmocka_unit_test(proc__reads_its_input),
        cmocka_unit_test(proc__leaves_no_descendant_after_a_good_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

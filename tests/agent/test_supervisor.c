/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supervisors against commands that do their best to survive: whatever they
 * leave behind is gone when the report comes, with and without cgroups.
 */
#include "cgroup.h"
#include "ci_test.h"
#include "shared/mem.h"
#include "spawner.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 4096 };

static struct spawner spawner;
static void *group_mem;
static char *group;

static int start_plain(void **state)
{
    struct ci_err err;

    (void)state;
    return spawner_start(NULL, &spawner, &err) ? 0 : -1;
}

static int stop_spawner(void **state)
{
    (void)state;
    spawner_stop(&spawner);
    return 0;
}

static int start_in_group(void **state)
{
    struct ci_err err;

    group_mem = ci_mem_new();
    group = cgroup_open(group_mem);
    return group ? (spawner_start(group, &spawner, &err) ? 0 : -1) : start_plain(state);
}

static int stop_in_group(void **state)
{
    stop_spawner(state);
    if (group)
        assert_int_equal(access(group, F_OK), -1);
    ci_mem_free(group_mem);
    return 0;
}

/* A command under way. */
struct command {
    int ctl, out;
    struct wire_report report;
    char output[OUTPUT_BYTES];
};

static void send_fds(int ctl, struct wire_message *message, const int fds[2])
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec piece = {message, sizeof(*message)};
    struct msghdr head = {.msg_iov = &piece,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof(control)};
    struct cmsghdr *part = CMSG_FIRSTHDR(&head);

    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(part), fds, 2 * sizeof(int));
    assert_int_equal(sendmsg(ctl, &head, MSG_NOSIGNAL), (ssize_t)sizeof(*message));
}

/* Orders `program -c script` in `dir`; both outputs go into one pipe. */
static void order(struct command *command, uint32_t number, const char *dir, const char *program,
                  const char *script)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *const words[] = {dir, program, "-c", script, "PATH=/usr/bin:/bin", "MARK=yes"};
    struct wire_message message = {
        .kind = WIRE_ORDER, .number = number, .argc = 3, .envc = 2, .sigterm_us = 300000};
    struct ci_buf blob;
    int ends[2], fds[2];

    ci_buf_init(&blob, mem);
    for (size_t i = 0; i < CI_COUNT(words); i++)
        ci_buf_add(&blob, words[i], strlen(words[i]) + 1);
    message.size = blob.len;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    fds[0] = fds[1] = ends[1];
    send_fds(command->ctl, &message, fds);
    close(ends[1]);
    assert_int_equal(send(command->ctl, blob.text, blob.len, MSG_NOSIGNAL), (ssize_t)blob.len);
    command->out = ends[0];
}

static void open_supervisor(struct command *command)
{
    struct ci_err err = {0};

    *command = (struct command){.out = -1};
    assert_ok(spawner_get(&spawner, &command->ctl, &err), err);
}

/* Reads until every writer is gone, which is the claim under test, then takes the report. */
static void finish(struct command *command)
{
    size_t len = 0;
    ssize_t n;

    assert_int_equal(recv(command->ctl, &command->report, sizeof(command->report), 0),
                     (ssize_t)sizeof(command->report));
    while ((n = read(command->out, command->output + len, OUTPUT_BYTES - 1 - len)) > 0)
        len += (size_t)n;
    assert_int_equal(n, 0);
    command->output[len] = '\0';
    close(command->out);
}

static void run(struct command *command, const char *script)
{
    open_supervisor(command);
    order(command, 1, "/", "/bin/sh", script);
    finish(command);
    close(command->ctl);
}

/* The numbers that the script printed, one a line: none of these processes may live. */
static void check_all_dead(const char *output)
{
    int pids = 0;

    for (const char *at = output; *at; at = strchr(at, '\n') + 1) {
        pid_t pid = (pid_t)strtol(at, NULL, 10);

        assert_true(pid > 1);
        assert_int_equal(kill(pid, 0), -1);
        assert_int_equal(errno, ESRCH);
        pids++;
    }
    assert_true(pids > 0);
}

static void supervisor__runs_a_command(void **state)
{
    (void)state;
    struct command command;

    run(&command, "echo $MARK; pwd; readlink /proc/self/fd/0; echo err >&2; exit 3");
    assert_string_equal(command.output, "yes\n/\n/dev/null\nerr\n");
    assert_int_equal(command.report.stage, WIRE_STARTED);
    assert_int_equal(WEXITSTATUS(command.report.status), 3);
    assert_int_equal(command.report.killed, 0);
    assert_false(command.report.stopped);
}

static void supervisor__serves_one_order_after_the_other(void **state)
{
    (void)state;
    struct command command;

    open_supervisor(&command);
    for (uint32_t number = 1; number < 20; number++) {
        struct wire_message late = {.kind = WIRE_STOP, .number = number - 1};

        order(&command, number, "/", "/bin/sh", "echo again");
        assert_true(send(command.ctl, &late, sizeof(late), MSG_NOSIGNAL) > 0);
        finish(&command);
        assert_int_equal(command.report.number, number);
        assert_int_equal(command.report.status, 0);
        assert_string_equal(command.output, "again\n");
    }
    close(command.ctl);
}

static void supervisor__says_why_it_can_not_start(void **state)
{
    (void)state;
    struct command command;

    open_supervisor(&command);
    order(&command, 1, "/nonexistent", "/bin/sh", "true");
    finish(&command);
    assert_int_equal(command.report.stage, WIRE_NO_FOLDER);
    assert_int_equal(command.report.error, ENOENT);
    order(&command, 2, "/", "no-such-program", "true");
    finish(&command);
    assert_int_equal(command.report.stage, WIRE_NO_PROGRAM);
    assert_int_equal(command.report.error, ENOENT);
    order(&command, 3, "/", "/etc/passwd", "true");
    finish(&command);
    assert_int_equal(command.report.stage, WIRE_NO_PROGRAM);
    assert_int_equal(command.report.error, EACCES);
    order(&command, 4, "/", "sh", "exit 0");
    finish(&command);
    assert_int_equal(command.report.stage, WIRE_STARTED);
    close(command.ctl);
}

static void supervisor__lets_short_stragglers_end(void **state)
{
    (void)state;
    struct command command;

    run(&command, "(echo late) & exit 0");
    assert_string_equal(command.output, "late\n");
    assert_int_equal(command.report.killed, 0);
}

static void supervisor__ends_daemons(void **state)
{
    (void)state;
    struct command command;

    run(&command, "setsid sh -c 'echo $$; setsid sh -c \"echo \\$\\$; exec sleep 1000\" & exit' & "
                  "nohup sleep 1000 & echo $!; wait $!& sleep 0.05");
    check_all_dead(command.output);
    assert_true(command.report.killed >= 2);
    assert_non_null(strstr(command.report.names, "sleep (pid "));
}

static void supervisor__ends_what_ignores_sigterm(void **state)
{
    (void)state;
    struct command command;

    run(&command,
        "trap '' TERM HUP INT; (setsid sh -c 'trap \"\" TERM; echo $$; exec sleep 1000' &) ; "
        "sh -c 'echo $$; kill -STOP $$' & echo $! ; sleep 0.05");
    check_all_dead(command.output);
    assert_false(command.report.immortal);
}

/* Each generation starts the next in a session of its own and ends: nobody is there to be found
 * twice. */
static void supervisor__ends_what_forks_in_a_loop(void **state)
{
    (void)state;
    struct command command;

    run(&command,
        "again() { trap '' TERM; (again &) ; exit; }; again & "
        "setsid sh -c 'trap \"\" TERM; while :; do (true &) ; sh -c \"sleep 1000 &\"; done' & "
        "exit 0");
    assert_false(command.report.immortal);
}

static void supervisor__stops_when_told(void **state)
{
    (void)state;
    struct wire_message stop = {.kind = WIRE_STOP, .number = 5};
    struct command command;

    open_supervisor(&command);
    order(&command, 5, "/", "/bin/sh", "trap 'echo bye; exit 7' TERM; sleep 1000 & wait");
    assert_true(send(command.ctl, &stop, sizeof(stop), MSG_NOSIGNAL) > 0);
    finish(&command);
    assert_true(command.report.stopped);
    /* The signal may have come before the trap. */
    if (WIFEXITED(command.report.status))
        assert_int_equal(WEXITSTATUS(command.report.status), 7);
    close(command.ctl);
}

static void supervisor__kills_what_does_not_stop(void **state)
{
    (void)state;
    struct wire_message stop = {.kind = WIRE_STOP, .number = 1};
    struct command command;
    char ready[8];

    open_supervisor(&command);
    order(&command, 1, "/", "/bin/sh", "trap '' TERM; echo ready; while :; do sleep 1; done");
    assert_int_equal(read(command.out, ready, 6), 6);
    assert_true(send(command.ctl, &stop, sizeof(stop), MSG_NOSIGNAL) > 0);
    finish(&command);
    assert_true(command.report.stopped);
    assert_int_equal(WTERMSIG(command.report.status), SIGKILL);
    close(command.ctl);
}

/* The agent's death is an end of file: nothing stays. */
static void supervisor__ends_with_its_agent(void **state)
{
    (void)state;
    struct command command;
    char text[64] = "";

    open_supervisor(&command);
    order(&command, 1, "/", "/bin/sh", "trap '' TERM; echo $$; setsid sleep 1000 & sleep 1000");
    assert_true(read(command.out, text, sizeof(text) - 1) > 0);
    close(command.ctl);
    while (read(command.out, text + 32, 8) > 0)
        continue;
    close(command.out);
}

/* A step that kills its own supervisor wins nothing. */
static void supervisor__is_avenged_when_killed(void **state)
{
    (void)state;
    struct command command;
    char text[OUTPUT_BYTES];

    open_supervisor(&command);
    order(&command, 1, "/", "/bin/sh",
          "setsid sleep 1000 & kill -9 $PPID; setsid sleep 1000 & while :; do sleep 1; done");
    assert_true(recv(command.ctl, &command.report, sizeof(command.report), 0) <= 0);
    while (read(command.out, text, sizeof(text)) > 0)
        continue;
    close(command.out);
    close(command.ctl);
}

int main(void)
{
#define EVERY_TEST                                                                                 \
    cmocka_unit_test(supervisor__runs_a_command),                                                  \
        cmocka_unit_test(supervisor__serves_one_order_after_the_other),                            \
        cmocka_unit_test(supervisor__says_why_it_can_not_start),                                   \
        cmocka_unit_test(supervisor__lets_short_stragglers_end),                                   \
        cmocka_unit_test(supervisor__ends_daemons),                                                \
        cmocka_unit_test(supervisor__ends_what_ignores_sigterm),                                   \
        cmocka_unit_test(supervisor__ends_what_forks_in_a_loop),                                   \
        cmocka_unit_test(supervisor__stops_when_told),                                             \
        cmocka_unit_test(supervisor__kills_what_does_not_stop),                                    \
        cmocka_unit_test(supervisor__ends_with_its_agent),                                         \
        cmocka_unit_test(supervisor__is_avenged_when_killed)
    const struct CMUnitTest plain[] = {EVERY_TEST};
    const struct CMUnitTest grouped[] = {EVERY_TEST};

    return cmocka_run_group_tests(plain, start_plain, stop_spawner) +
           cmocka_run_group_tests(grouped, start_in_group, stop_in_group);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From an order on the wire to a running command. */
#include "supervisor_start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Cuts `count` strings off the blob; false when it ends before. */
static bool cut_strings(char **at, const char *end, uint32_t count, char **out)
{
    for (uint32_t i = 0; i < count; i++) {
        size_t left = (size_t)(end - *at), len = strnlen(*at, left);

        if (len == left)
            return false;
        out[i] = *at;
        *at += len + 1;
    }
    return true;
}

static bool receive_blob(int ctl, char *blob, uint64_t size)
{
    for (uint64_t done = 0; done < size;) {
        ssize_t n = recv(ctl, blob + done, size - done, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (uint64_t)n;
    }
    return true;
}

bool order_receive(int ctl, const struct wire_message *first, const int fds[WIRE_FDS],
                   struct order *out)
{
    struct order order = {
        .number = first->number,
        .sigterm_time = {first->sigterm_us},
        .interrupt = first->interrupt ? first->interrupt : SIGKILL,
        .pty = first->pty,
        .out = fds[0],
        .err = fds[1],
        .in = fds[2],
        .blob = malloc(first->size),
        .argv = calloc(first->argc + 1, sizeof(char *)),
        .env = calloc(first->envc + 1, sizeof(char *)),
    };
    char *at = order.blob, *dir;

    if (!order.blob || !order.argv || !order.env || !receive_blob(ctl, order.blob, first->size) ||
        !cut_strings(&at, order.blob + first->size, 1, &dir) ||
        !cut_strings(&at, order.blob + first->size, first->argc, order.argv) ||
        !cut_strings(&at, order.blob + first->size, first->envc, order.env)) {
        order_release(&order);
        return false;
    }
    order.dir = dir;
    *out = order;
    return true;
}

void order_release(struct order *order)
{
    if (order->out >= 0)
        close(order->out);
    if (order->err >= 0)
        close(order->err);
    if (order->in >= 0)
        close(order->in);
    free(order->argv);
    free(order->env);
    free(order->blob);
    *order = (struct order){.out = -1, .err = -1, .in = -1};
}

/* A terminal is opened anew: the first that the leader of a session opens becomes its own. */
static int add_stdin(posix_spawn_file_actions_t *files, const struct order *order)
{
    char path[32];

    if (order->in >= 0 && !order->pty)
        return posix_spawn_file_actions_adddup2(files, order->in, STDIN_FILENO);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", order->in);
    return posix_spawn_file_actions_addopen(files, STDIN_FILENO, order->pty ? path : "/dev/null",
                                            order->pty ? O_RDWR : O_RDONLY, 0);
}

/* vfork inside: no page of the supervisor is copied. */
static int start_plain(const struct order *order, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    int error;

    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attr) != 0)
        abort(); /* no memory */
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attr, &none);
    error = add_stdin(&files, order);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&files, order->out, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&files, order->err, STDERR_FILENO);
    if (error == 0)
        error = posix_spawnp(pid, order->argv[0], &files, &attr, order->argv, order->env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

static void become_command(const struct order *order, int *error)
{
    int in = order->in >= 0 ? order->in : open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    if (in >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(order->out, STDOUT_FILENO) >= 0 &&
        dup2(order->err, STDERR_FILENO) >= 0 &&
        (!order->pty || ioctl(STDIN_FILENO, TIOCSCTTY, 0) == 0))
        execvp(order->argv[0], order->argv);
    *error = errno;
    _exit(127);
}

/* Born inside the group: moving a process there later costs the kernel far more, and is a race. */
static int start_in_group(const struct order *order, int group, pid_t *pid)
{
    static int *error; /* shared with the child, which may be a copy of us */
    struct clone_args args = {
        .flags = CLONE_INTO_CGROUP | CLONE_VFORK,
        .exit_signal = SIGCHLD,
        .cgroup = (uint64_t)group,
    };
    long child;

    if (!error) {
        error =
            mmap(NULL, sizeof(*error), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (error == MAP_FAILED)
            abort(); /* no memory */
    }
    *error = 0;
    child = syscall(SYS_clone3, &args, sizeof(args));
    if (child == 0)
        become_command(order, error);
    if (child < 0)
        return errno;
    *pid = (pid_t)child;
    return *error;
}

enum wire_stage order_start(const struct order *order, int group, pid_t *pid, int *error)
{
    if (chdir(order->dir) != 0) {
        *error = errno;
        return WIRE_NO_FOLDER;
    }
    /* The program is looked up in the step's PATH, not in ours. */
    environ = order->env;
    *error = group >= 0 ? start_in_group(order, group, pid) : start_plain(order, pid);
    environ = NULL;
    return *error ? WIRE_NO_PROGRAM : WIRE_STARTED;
}

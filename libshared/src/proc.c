/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes read to their end: posix_spawn, two pipes, a pidfd and one poll loop. */
#include "shared/proc.h"

#include "shared/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ERR_KEPT = 4096,
    GRACE_MS = 2000,      /* between SIGTERM and SIGKILL */
    STRAGGLERS_MS = 1000, /* for output after the end, from a process that left the group */
    ABORT_POLL_MS = 50,
    DEFAULT_OUTPUT = 64 << 20,
};

struct child {
    const struct ci_proc *proc;
    pid_t pid; /* 0: none, or waited for */
    int pidfd;
    int out_fd, err_fd; /* -1 at their end */
    struct ci_buf out;
    char err_text[ERR_KEPT + 1];
    size_t err_len;
    struct ci_mono deadline; /* of the present phase */
    enum { RUNNING, TERMINATED, KILLED, ENDED } phase;
    enum { FINISHED, TIMED_OUT, ABORTED, TOO_LARGE } why;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* On every return path: no child is left, nor a zombie of it. */
static void release(struct child *child)
{
    if (child->pid > 0) {
        kill(-child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
    }
    close_fd(&child->pidfd);
    close_fd(&child->out_fd);
    close_fd(&child->err_fd);
}

static bool same_name(const char *a, const char *b)
{
    size_t len = strcspn(a, "=");

    return strncmp(a, b, len + 1) == 0;
}

/* Our environment with `added` in place of what has the same name. */
static char **merge_env(const char *const *added, void *mem)
{
    size_t ours = 0, more = 0, n = 0;
    char **env;

    while (environ[ours])
        ours++;
    while (added && added[more])
        more++;
    env = ci_mem_array(mem, char *, ours + more + 1);
    for (size_t i = 0; i < ours; i++) {
        bool replaced = false;

        for (size_t j = 0; j < more && !replaced; j++)
            replaced = same_name(added[j], environ[i]);
        if (!replaced)
            env[n++] = environ[i];
    }
    for (size_t i = 0; i < more; i++)
        env[n++] = ci_mem_strdup(mem, added[i]);
    return env;
}

/* exec's arguments are not const, for reasons of history. */
static char **copy_args(const char *const *args, void *mem)
{
    size_t count = 0;
    char **copy;

    while (args[count])
        count++;
    copy = ci_mem_array(mem, char *, count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = ci_mem_strdup(mem, args[i]);
    return copy;
}

/* A group of its own, no signal blocked or ignored, and only the three standard descriptors. */
static int spawn(const struct ci_proc *proc, void *mem, int in, int out, int err_out, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int failed;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                        POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawn_file_actions_init(&files);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&files, in, 0);
    else
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_adddup2(&files, err_out, 2);
    if (proc->dir)
        posix_spawn_file_actions_addchdir_np(&files, proc->dir);
    failed = posix_spawnp(pid, proc->argv[0], &files, &attr, copy_args(proc->argv, mem),
                          merge_env(proc->env, mem));
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return failed;
}

/* pipe[0] is ours and does not block; pipe[1] is the child's. */
static bool make_pipe(int pipe_fds[2])
{
    return pipe2(pipe_fds, O_CLOEXEC) == 0 && fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK) == 0;
}

/* The reading end of a pipe that holds all the input; -1 with errno. */
static int hold_input(const char *text)
{
    size_t len = strlen(text);
    int fds[2];
    bool held;

    if (pipe2(fds, O_CLOEXEC) != 0)
        return -1;
    held = write(fds[1], text, len) == (ssize_t)len;
    close(fds[1]);
    if (held)
        return fds[0];
    close(fds[0]);
    return -1;
}

static bool start(struct child *child, void *mem, struct ci_err *err)
{
    const struct ci_proc *proc = child->proc;
    int in = -1, out[2] = {-1, -1}, err_out[2] = {-1, -1};
    int failed = 0;

    if (proc->input && strlen(proc->input) > CI_PROC_INPUT)
        return ci_fail(err, CI_EINVALID, "the input of %s is too long", proc->argv[0]);
    if ((proc->input && (in = hold_input(proc->input)) < 0) || !make_pipe(out) ||
        !make_pipe(err_out))
        failed = errno;
    else
        failed = spawn(proc, mem, in, out[1], err_out[1], &child->pid);
    close_fd(&in);
    child->out_fd = out[0];
    child->err_fd = err_out[0];
    close_fd(&out[1]);
    close_fd(&err_out[1]);
    if (failed) {
        child->pid = 0;
        return ci_fail(err, CI_EUNAVAILABLE, "could not start %s: %s", proc->argv[0],
                       strerror(failed));
    }
    child->pidfd = pidfd_open(child->pid, 0);
    if (child->pidfd < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not watch %s: %s", proc->argv[0],
                       strerror(errno));
    child->deadline = ci_mono_add(ci_mono_now(), proc->timeout);
    return true;
}

/* ---- its output ---- */

static size_t output_limit(const struct ci_proc *proc)
{
    return proc->max_output ? proc->max_output : DEFAULT_OUTPUT;
}

static void end_early(struct child *child, int why)
{
    if (child->phase != RUNNING)
        return;
    child->why = why;
    child->phase = TERMINATED;
    child->deadline = ci_mono_add(ci_mono_now(), ci_millis(GRACE_MS));
    kill(-child->pid, SIGTERM);
}

static void keep_out(struct child *child, const char *data, size_t len)
{
    if (child->out.len + len > output_limit(child->proc))
        end_early(child, TOO_LARGE);
    else
        ci_buf_add(&child->out, data, len);
}

/* The end of stderr says what went wrong; its beginning is let go. */
static void keep_err(struct child *child, const char *data, size_t len)
{
    if (len > ERR_KEPT) {
        data += len - ERR_KEPT;
        len = ERR_KEPT;
    }
    if (child->err_len + len > ERR_KEPT) {
        size_t drop = child->err_len + len - ERR_KEPT;

        memmove(child->err_text, child->err_text + drop, child->err_len - drop);
        child->err_len -= drop;
    }
    memcpy(child->err_text + child->err_len, data, len);
    child->err_len += len;
}

static void read_pipe(struct child *child, int *fd)
{
    char data[16384];
    ssize_t n = read(*fd, data, sizeof(data));

    if (n > 0 && fd == &child->out_fd)
        keep_out(child, data, (size_t)n);
    else if (n > 0)
        keep_err(child, data, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close_fd(fd);
}

/* ---- its end ---- */

static void next_phase(struct child *child)
{
    switch (child->phase) {
    case RUNNING:
        end_early(child, TIMED_OUT);
        break;
    case TERMINATED:
        kill(-child->pid, SIGKILL);
        child->phase = KILLED;
        child->deadline = ci_mono_add(ci_mono_now(), ci_seconds(3600));
        break;
    case KILLED:
        break;
    case ENDED: /* somebody outside the group holds the pipes */
        close_fd(&child->out_fd);
        close_fd(&child->err_fd);
        break;
    }
}

/* The leader is dead but not waited for, so its group's number can't be anyone else's yet. */
static void leader_ended(struct child *child)
{
    kill(-child->pid, SIGKILL);
    close_fd(&child->pidfd);
    child->phase = ENDED;
    child->deadline = ci_mono_add(ci_mono_now(), ci_millis(STRAGGLERS_MS));
}

static int poll_timeout(const struct child *child)
{
    int64_t ms = ci_mono_since(child->deadline, ci_mono_now()).us / 1000 + 1;

    if (ms < 0)
        ms = 0;
    if (child->proc->abort && child->phase == RUNNING && ms > ABORT_POLL_MS)
        ms = ABORT_POLL_MS;
    return (int)ms;
}

static void watch(struct child *child)
{
    while (child->pidfd >= 0 || child->out_fd >= 0 || child->err_fd >= 0) {
        struct pollfd fds[] = {
            {.fd = child->out_fd, .events = POLLIN},
            {.fd = child->err_fd, .events = POLLIN},
            {.fd = child->pidfd,  .events = POLLIN},
        };

        poll(fds, CI_COUNT(fds), poll_timeout(child));
        if (fds[0].revents)
            read_pipe(child, &child->out_fd);
        if (fds[1].revents)
            read_pipe(child, &child->err_fd);
        if (fds[2].revents)
            leader_ended(child);
        if (child->proc->abort && __atomic_load_n(child->proc->abort, __ATOMIC_RELAXED))
            end_early(child, ABORTED);
        if (ci_mono_since(child->deadline, ci_mono_now()).us <= 0)
            next_phase(child);
    }
}

static bool report(struct child *child, int status, void *mem, struct ci_proc_result *out,
                   struct ci_err *err)
{
    const char *name = child->proc->argv[0];

    switch (child->why) {
    case TIMED_OUT:
        return ci_fail(err, CI_EUNAVAILABLE, "%s timed out after %lld s", name,
                       (long long)(child->proc->timeout.us / 1000000));
    case ABORTED:
        return ci_fail(err, CI_EUNAVAILABLE, "%s was aborted", name);
    case TOO_LARGE:
        return ci_fail(err, CI_ETOOLARGE, "%s wrote more than %zu bytes", name,
                       output_limit(child->proc));
    case FINISHED:
        break;
    }
    out->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    out->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    out->out = (struct ci_bytes){child->out.text, child->out.len};
    out->err_text = ci_mem_strndup(mem, child->err_text, child->err_len);
    return true;
}

bool ci_proc_run(const struct ci_proc *proc, void *mem, struct ci_proc_result *out,
                 struct ci_err *err)
{
    CI_CLEANUP(release)
    struct child child = {.proc = proc, .pidfd = -1, .out_fd = -1, .err_fd = -1};
    int status = 0;

    ci_buf_init(&child.out, mem);
    if (!start(&child, mem, err))
        return false;
    watch(&child);
    waitpid(child.pid, &status, 0);
    child.pid = 0;
    return report(&child, status, mem, out, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps child processes alive; see supervisor.h for the policy. */
#include "supervisor.h"

#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHOW_EVERY = 3, SHOWN_LINES = 12, SHOWN_BYTES = 4096 };

static const struct ci_dur first_pause = {100 * 1000}, longest_pause = {5 * 1000 * 1000},
                           long_life = {10 * 1000 * 1000}, default_stop_time = {15 * 1000 * 1000};

static void set_environment(const char *const *env)
{
    for (; env && *env; env++) {
        const char *equals = strchr(*env, '=');
        char name[128];
        size_t len = strcspn(*env, "=");

        if (len >= sizeof(name))
            _exit(127);
        memcpy(name, *env, len);
        name[len] = '\0';
        if (equals)
            setenv(name, equals + 1, 1);
        else
            unsetenv(name);
    }
}

/* Runs in the child between fork and exec; whatever fails there ends it with 127. */
static void become(const struct child *child, int log_fd, pid_t supervisor)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY);

    sigemptyset(&none);
    if (null < 0 || dup2(null, 0) < 0 || dup2(log_fd, 1) < 0 || dup2(log_fd, 2) < 0)
        _exit(127);
    setpgid(0, 0);
    if (child->uid && (setgroups(0, NULL) || setgid(child->gid) || setuid(child->uid)))
        _exit(127);
    /* After setuid, which clears it. */
    prctl(PR_SET_PDEATHSIG, child->stop_signal ? child->stop_signal : SIGTERM);
    if (getppid() != supervisor) /* it died before that */
        _exit(127);
    sigprocmask(SIG_SETMASK, &none, NULL);
    set_environment(child->env);
    execv(child->argv[0], (char *const *)(uintptr_t)child->argv);
    dprintf(STDERR_FILENO, "could not run \"%s\": %s\n", child->argv[0], strerror(errno));
    _exit(127);
}

static bool start(struct child *child, struct ci_err *err)
{
    int log_fd = open(child->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    pid_t pid, supervisor = getpid();

    if (log_fd < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not open \"%s\": %s", child->log_path,
                       strerror(errno));
    pid = fork();
    if (pid == 0)
        become(child, log_fd, supervisor);
    close(log_fd);
    if (pid < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not start %s: %s", child->name,
                       strerror(errno));
    setpgid(pid, pid);
    child->pid = pid;
    child->started_at = ci_mono_now();
    ci_log(CI_INFO, "child.started", ci_kv("name", child->name), ci_kv("pid", (int)pid));
    return true;
}

bool supervisor_add(struct supervisor *supervisor, struct child *child, struct ci_err *err)
{
    if (supervisor->count == SUPERVISOR_MAX)
        return ci_fail(err, CI_EINVALID, "more than %d processes", SUPERVISOR_MAX);
    if (access(child->argv[0], X_OK) != 0)
        return ci_fail(err, CI_ENOTFOUND, "could not run \"%s\": %s", child->argv[0],
                       strerror(errno));
    child->pause = first_pause;
    if (!start(child, err))
        return false;
    supervisor->children[supervisor->count++] = child;
    return true;
}

static struct child *child_of(struct supervisor *supervisor, pid_t pid)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->children[i]->pid == pid)
            return supervisor->children[i];
    return NULL;
}

static void note_death(struct child *child, int status, struct ci_mono now)
{
    bool lived = ci_mono_since(now, child->started_at).us >= long_life.us;

    child->pid = 0;
    child->status = status;
    child->deaths = lived ? 1 : child->deaths + 1;
    if (lived)
        child->pause = first_pause;
    child->start_again_at = ci_mono_add(now, child->pause);
    ci_log(CI_WARN, "child.died", ci_kv("name", child->name),
           ci_kv("exit_code", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
           ci_kv("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
           ci_kv("start_again_ms", child->pause.us / 1000), ci_kv("log", child->log_path));
    if (child->deaths % SHOW_EVERY == 0)
        supervisor_show_log(child);
    child->pause.us *= 2;
    if (child->pause.us > longest_pause.us)
        child->pause = longest_pause;
}

struct ci_mono supervisor_tend(struct supervisor *supervisor, struct ci_mono now)
{
    struct ci_mono next = {0};
    struct ci_err err;
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct child *child = child_of(supervisor, pid);

        if (child)
            note_death(child, status, now);
    }
    for (size_t i = 0; i < supervisor->count; i++) {
        struct child *child = supervisor->children[i];

        if (child->pid)
            continue;
        if (child->start_again_at.us <= now.us && !start(child, &err)) {
            ci_log(CI_ERROR, "child.failed", ci_kv("name", child->name),
                   ci_kv("error", (const char *)err.msg));
            child->start_again_at = ci_mono_add(now, longest_pause);
        }
        if (!child->pid && (next.us == 0 || child->start_again_at.us < next.us))
            next = child->start_again_at;
    }
    return next;
}

/* Waits for one child until the deadline; SIGCHLD is blocked, so sigtimedwait sees each death. */
static bool wait_gone(struct child *child, struct ci_mono deadline)
{
    sigset_t death;
    int status;

    sigemptyset(&death);
    sigaddset(&death, SIGCHLD);
    while (waitpid(child->pid, &status, WNOHANG) == 0) {
        struct ci_dur left = ci_mono_since(deadline, ci_mono_now());
        /* A death of another child may have eaten ours' signal: look again soon. */
        int64_t us = left.us < 100000 ? left.us : 100000;
        struct timespec wait = {.tv_nsec = us * 1000};

        if (left.us <= 0)
            return false;
        (void)sigtimedwait(&death, NULL, &wait);
    }
    return true;
}

static void stop_one(struct child *child, struct ci_mono now)
{
    struct ci_dur limit = child->stop_time.us ? child->stop_time : default_stop_time;

    if (!wait_gone(child, ci_mono_add(now, limit))) {
        ci_log(CI_WARN, "child.killed", ci_kv("name", child->name), ci_kv("pid", (int)child->pid));
        kill(-child->pid, SIGKILL);
        kill(child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
    }
    child->pid = 0;
}

void supervisor_stop(struct supervisor *supervisor, enum stage stage)
{
    struct ci_mono now = ci_mono_now();

    for (size_t i = 0; i < supervisor->count; i++) {
        struct child *child = supervisor->children[i];

        if (child->pid && child->stage == stage)
            kill(child->pid, child->stop_signal ? child->stop_signal : SIGTERM);
    }
    for (size_t i = 0; i < supervisor->count; i++) {
        struct child *child = supervisor->children[i];

        if (child->pid && child->stage == stage)
            stop_one(child, now);
    }
}

const struct child *supervisor_failing(const struct supervisor *supervisor, int deaths)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->children[i]->deaths >= deaths)
            return supervisor->children[i];
    return NULL;
}

void supervisor_show_log(const struct child *child)
{
    char text[SHOWN_BYTES + 1];
    int fd = open(child->log_path, O_RDONLY | O_CLOEXEC);
    off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    ssize_t n =
        fd < 0 ? -1 : pread(fd, text, SHOWN_BYTES, end > SHOWN_BYTES ? end - SHOWN_BYTES : 0);
    const char *start = text + (n > 0 ? n : 0);

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return;
    text[n] = '\0';
    for (int lines = 0; lines < SHOWN_LINES && start > text; lines++)
        do
            start--;
        while (start > text && start[-1] != '\n');
    fprintf(stderr, "---- the end of %s:\n%s%s----\n", child->log_path, start,
            text[n - 1] == '\n' ? "" : "\n");
}

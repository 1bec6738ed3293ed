/* SPDX-License-Identifier: Apache-2.0 */
/* Forking supervisors on demand, and burying them. */
#include "spawner.h"

#include "cgroup.h"
#include "descend.h"
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_SUPERVISORS = 4096, KILL_EVERY_MS = 5 };

/* The state of the spawner process. */
struct parent {
    int requests, signals;
    const char *cgroup;
    pid_t supervisors[MAX_SUPERVISORS];
    size_t count;
};

static int receive_fd(int socket)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr head = {.msg_iov = &piece,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof(control)};
    struct cmsghdr *part;
    int fd = -1;

    if (recvmsg(socket, &head, MSG_CMSG_CLOEXEC) <= 0)
        return -1;
    part = CMSG_FIRSTHDR(&head);
    if (part && part->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(part), sizeof(fd));
    return fd;
}

static void group_name(pid_t supervisor, char *out, size_t size)
{
    snprintf(out, size, "step-%d", (int)supervisor);
}

static void be_supervisor(struct parent *parent, int ctl)
{
    char name[32];
    int group = -1;

    close(parent->requests);
    close(parent->signals);
    if (parent->cgroup) {
        group_name(getpid(), name, sizeof(name));
        group = cgroup_make(parent->cgroup, name);
    }
    supervisor_main(ctl, group);
}

/* False when the agent has closed its end. */
static bool serve(struct parent *parent)
{
    int ctl = receive_fd(parent->requests);
    pid_t pid;

    if (ctl < 0)
        return false;
    pid = parent->count < MAX_SUPERVISORS ? fork() : -1;
    if (pid == 0)
        be_supervisor(parent, ctl);
    close(ctl); /* without a supervisor the agent reads the end of file */
    if (pid > 0)
        parent->supervisors[parent->count++] = pid;
    return true;
}

static void forget(struct parent *parent, pid_t pid)
{
    char name[32];

    group_name(pid, name, sizeof(name));
    if (parent->cgroup)
        cgroup_remove(parent->cgroup, name);
    for (size_t i = 0; i < parent->count; i++) {
        if (parent->supervisors[i] == pid) {
            parent->supervisors[i] = parent->supervisors[--parent->count];
            return;
        }
    }
}

/* False when there is no child at all. Whoever came to us without being a supervisor is ended. */
static bool bury(struct parent *parent)
{
    pid_t pid;

    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        forget(parent, pid);
    if (pid == 0)
        descend_signal(SIGKILL, parent->supervisors, parent->count);
    return pid == 0;
}

/* The agent is gone: the supervisors too are ended now, and so their steps come to us. */
static void end_all(struct parent *parent)
{
    struct pollfd child = {.fd = parent->signals, .events = POLLIN};

    parent->count = 0;
    while (bury(parent))
        poll(&child, 1, KILL_EVERY_MS);
    cgroup_close(parent->cgroup);
}

static void run(struct parent *parent)
{
    struct signalfd_siginfo info;
    struct pollfd fds[] = {
        {.fd = parent->requests, .events = POLLIN},
        {.fd = parent->signals,  .events = POLLIN}
    };

    for (;;) {
        if (poll(fds, CI_COUNT(fds), -1) < 0)
            continue;
        if (fds[1].revents && read(parent->signals, &info, sizeof(info)) > 0)
            bury(parent);
        if (fds[0].revents && !serve(parent))
            break;
    }
    end_all(parent);
}

/* Signals reach a step only by its supervisor: a Ctrl-C or a stop of the service is the agent's
 * business. */
static void be_parent(int requests, const char *cgroup)
{
    static struct parent parent;
    sigset_t all, child;

    prctl(PR_SET_NAME, "slipway-spawner");
    setsid();
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    parent.requests = requests;
    parent.cgroup = cgroup;
    parent.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (parent.signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || chdir("/") != 0)
        _exit(1);
    run(&parent);
    _exit(0);
}

bool spawner_start(const char *cgroup, struct spawner *out, struct ci_err *err)
{
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return ci_fail(err, CI_EINTERNAL, "could not make a socket pair: %s", strerror(errno));
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        be_parent(ends[1], cgroup);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return ci_fail(err, CI_EUNAVAILABLE, "could not fork: %s", strerror(errno));
    }
    *out = (struct spawner){.fd = ends[0], .pid = pid};
    return true;
}

void spawner_stop(struct spawner *spawner)
{
    shutdown(spawner->fd, SHUT_WR);
    while (waitpid(spawner->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(spawner->fd);
}

static bool send_fd(int socket, int fd)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char byte = 0;
    struct iovec piece = {&byte, 1};
    struct msghdr head = {.msg_iov = &piece,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof(control)};
    struct cmsghdr *part = CMSG_FIRSTHDR(&head);

    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(part), &fd, sizeof(fd));
    return sendmsg(socket, &head, MSG_NOSIGNAL) == 1;
}

bool spawner_get(struct spawner *spawner, int *ctl, struct ci_err *err)
{
    int ends[2];
    bool sent;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not make a socket pair: %s", strerror(errno));
    sent = send_fd(spawner->fd, ends[1]);
    close(ends[1]);
    if (!sent) {
        close(ends[0]);
        return ci_fail(err, CI_EUNAVAILABLE, "could not reach the spawner: %s", strerror(errno));
    }
    *ctl = ends[0];
    return true;
}

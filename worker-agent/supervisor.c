/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's loop: from a started command to nobody left. */
#include "supervisor.h"

#include "cgroup.h"
#include "descend.h"
#include "shared/clock.h"
#include "supervisor_start.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What a command leaves behind is often just about to end by itself (the last
 * part of a pipeline): it gets LINGER before it is told to.
 */
enum { LINGER_MS = 250, KILL_EVERY_MS = 2, GIVE_UP_SECONDS = 20, INTERRUPT_SECONDS = 5 };

enum phase {
    PHASE_RUN,       /* the command runs */
    PHASE_LINGER,    /* the command is over, others are not */
    PHASE_TERM,      /* SIGTERM was sent */
    PHASE_INTERRUPT, /* the order's own signal was sent */
    PHASE_KILL,      /* SIGKILL is sent until nobody is left */
};

struct step {
    int ctl, group, signals;
    struct order order;
    pid_t leader;
    bool leader_over, left; /* left: others were there after it */
    int signalled;          /* others that a signal of ours ended */
    enum phase phase;
    bool timed;              /* deadline counts */
    struct ci_mono deadline; /* of the phase */
    struct wire_report report;
};

static void set_deadline(struct step *step, struct ci_dur in)
{
    step->timed = true;
    step->deadline = ci_mono_add(ci_mono_now(), in);
}

static void note_left(struct step *step)
{
    if (!step->leader_over)
        return;
    step->left = true;
    if (step->report.killed == 0)
        step->report.killed = descend_names(step->report.names, sizeof(step->report.names));
}

/* Who forks and ends in turn may be on no list that was read, but it does end by a signal. */
static void count_unnamed(struct step *step)
{
    static const char unnamed[] = "too short-lived to be named";

    if (!step->left || step->report.killed > 0 || step->signalled == 0)
        return;
    step->report.killed = step->signalled;
    memcpy(step->report.names, unnamed, sizeof(unnamed));
}

static void begin_kill(struct step *step)
{
    if (step->phase == PHASE_KILL)
        return;
    note_left(step);
    if (!step->leader_over)
        step->report.stopped = true;
    step->phase = PHASE_KILL;
    set_deadline(step, ci_seconds(GIVE_UP_SECONDS));
}

static void send_signal(struct step *step, enum phase phase, int signal, struct ci_dur patience)
{
    note_left(step);
    step->report.stopped |= !step->leader_over;
    step->phase = phase;
    descend_signal(signal, NULL, 0);
    descend_signal(SIGCONT, NULL, 0);
    set_deadline(step, patience);
}

/* What it may take from that signal to SIGKILL is as long as from SIGTERM to it. */
static void begin_interrupt(struct step *step)
{
    struct ci_dur patience = step->order.sigterm_time;

    if (step->order.interrupt == SIGKILL)
        begin_kill(step);
    else
        send_signal(step, PHASE_INTERRUPT, step->order.interrupt,
                    patience.us ? patience : ci_seconds(INTERRUPT_SECONDS));
}

static void begin_term(struct step *step)
{
    if (step->phase >= PHASE_TERM)
        return;
    if (step->order.sigterm_time.us > 0)
        send_signal(step, PHASE_TERM, SIGTERM, step->order.sigterm_time);
    else
        begin_interrupt(step);
}

/* False when nobody is left: that waitpid() knows no child is the proof. */
static bool reap(struct step *step)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != step->leader || step->leader_over) {
            if (step->phase >= PHASE_TERM && WIFSIGNALED(status))
                step->signalled++;
            continue;
        }
        step->leader_over = true;
        step->report.status = status;
    }
    return pid == 0;
}

/* One packet from the agent, or its end. */
static void obey(struct step *step)
{
    struct wire_message message;
    ssize_t n = recv(step->ctl, &message, sizeof(message), MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n != (ssize_t)sizeof(message))
        begin_kill(step);
    else if (message.number != step->order.number)
        return;
    else if (message.kind == WIRE_STOP)
        begin_term(step);
    else if (message.kind == WIRE_KILL)
        begin_kill(step);
}

static int wait_ms(const struct step *step)
{
    struct ci_dur left;

    if (step->phase == PHASE_KILL)
        return KILL_EVERY_MS;
    if (!step->timed)
        return -1;
    left = ci_mono_since(step->deadline, ci_mono_now());
    return left.us <= 0 ? 0 : (int)(left.us / 1000) + 1;
}

static void on_deadline(struct step *step)
{
    switch (step->phase) {
    case PHASE_RUN:
        return;
    case PHASE_LINGER:
        begin_term(step);
        return;
    case PHASE_TERM:
        begin_interrupt(step);
        return;
    case PHASE_INTERRUPT:
        begin_kill(step);
        return;
    case PHASE_KILL:
        step->report.immortal = true;
        return;
    }
}

static void kill_all(const struct step *step)
{
    if (step->group >= 0)
        cgroup_kill(step->group);
    descend_signal(SIGKILL, NULL, 0);
}

/* Waits for a child's end, the agent's word or the phase's end. */
static void wait_for_news(struct step *step)
{
    struct pollfd fds[] = {
        {.fd = step->signals, .events = POLLIN},
        {.fd = step->ctl,     .events = POLLIN}
    };
    /* After the agent's end its socket is always readable and says nothing new. */
    nfds_t count = step->phase == PHASE_KILL ? 1 : 2;
    struct signalfd_siginfo info;

    if (poll(fds, count, wait_ms(step)) > 0) {
        if (fds[0].revents)
            (void)!read(step->signals, &info, sizeof(info));
        if (count > 1 && fds[1].revents)
            obey(step);
    }
    if (step->timed && ci_mono_since(ci_mono_now(), step->deadline).us >= 0)
        on_deadline(step);
}

static void supervise(struct step *step)
{
    while (reap(step) && !step->report.immortal) {
        if (step->leader_over && step->phase == PHASE_RUN) {
            step->phase = PHASE_LINGER;
            set_deadline(step, ci_millis(LINGER_MS));
        }
        if (step->phase == PHASE_KILL)
            kill_all(step);
        wait_for_news(step);
    }
    count_unnamed(step);
}

/*
 * Runs one order; false when this supervisor is of no more use: something
 * lives on below it, or its group was killed. Some kernels kill whatever is
 * cloned into a group (CLONE_INTO_CGROUP) that was ever killed.
 */
static bool serve(int ctl, int group, int signals, struct order *order)
{
    struct step step = {.ctl = ctl, .group = group, .signals = signals, .order = *order};

    step.report.number = order->number;
    step.report.stage = order_start(order, group, &step.leader, &step.report.error);
    /* Ours too must be closed for the agent to see the end of the output. */
    order_release(order);
    if (step.report.stage == WIRE_STARTED)
        supervise(&step);
    else
        while (waitpid(-1, NULL, 0) > 0)
            continue;
    (void)!chdir("/"); /* else it would hold the build's folder */
    step.report.last = step.report.immortal || (group >= 0 && step.phase == PHASE_KILL);
    return send(ctl, &step.report, sizeof(step.report), MSG_NOSIGNAL) > 0 && !step.report.last;
}

/* The first packet of an order with its descriptors; false at the end. */
static bool receive(int ctl, struct wire_message *message, int fds[WIRE_FDS])
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(WIRE_FDS * sizeof(int))];
    } control = {0};
    struct iovec piece = {message, sizeof(*message)};
    struct msghdr head = {.msg_iov = &piece,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof(control)};
    struct cmsghdr *part;
    ssize_t n;

    do
        n = recvmsg(ctl, &head, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(*message))
        return false;
    fds[0] = fds[1] = fds[2] = -1;
    part = CMSG_FIRSTHDR(&head);
    if (part && part->cmsg_type == SCM_RIGHTS && part->cmsg_len <= CMSG_LEN(WIRE_FDS * sizeof(int)))
        memcpy(fds, CMSG_DATA(part), part->cmsg_len - CMSG_LEN(0));
    return true;
}

void supervisor_main(int ctl, int group)
{
    sigset_t child;
    int signals;
    struct wire_message message;
    int fds[WIRE_FDS];

    prctl(PR_SET_NAME, "slipway-step");
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        _exit(1);
    while (receive(ctl, &message, fds)) {
        struct order order;

        if (message.kind != WIRE_ORDER)
            continue; /* a stop that came after the end */
        if (!order_receive(ctl, &message, fds, &order) || !serve(ctl, group, signals, &order))
            break;
    }
    _exit(0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes, supervisors and the order's bytes. */
#include "exec_order.h"

#include "agent.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void add_string(struct ci_buf *blob, const char *text)
{
    ci_buf_add(blob, text, strlen(text) + 1);
}

static uint32_t add_strings(struct ci_buf *blob, const char *const *list)
{
    uint32_t count = 0;

    for (; list[count]; count++)
        add_string(blob, list[count]);
    return count;
}

/* The ends that the command gets: stdout, stderr and, unless it is -1, stdin. */
static bool send_head(int ctl, struct wire_message *message, const int fds[WIRE_FDS])
{
    const size_t bytes = (fds[2] < 0 ? 2 : WIRE_FDS) * sizeof(int);
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(WIRE_FDS * sizeof(int))];
    } control = {0};
    struct iovec piece = {message, sizeof(*message)};
    struct msghdr head = {.msg_iov = &piece,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = CMSG_SPACE(bytes)};
    struct cmsghdr *part = CMSG_FIRSTHDR(&head);

    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(bytes);
    memcpy(CMSG_DATA(part), fds, bytes);
    return sendmsg(ctl, &head, MSG_NOSIGNAL) == (ssize_t)sizeof(*message);
}

static bool send_order(struct worker *worker, const struct command *command,
                       const int fds[WIRE_FDS])
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct wire_message message = {.kind = WIRE_ORDER,
                                   .number = worker->orders,
                                   .sigterm_us = command->sigterm_time.us,
                                   .interrupt = command->interrupt,
                                   .pty = command->use_pty};
    struct ci_buf blob;

    ci_buf_init(&blob, mem);
    add_string(&blob, command->dir);
    message.argc = add_strings(&blob, command->argv);
    message.envc = add_strings(&blob, command->env);
    message.size = blob.len;
    if (!send_head(worker->ctl, &message, fds))
        return false;
    for (size_t done = 0; done < blob.len;) {
        size_t left = blob.len - done;
        ssize_t n = send(worker->ctl, blob.text + done, left < WIRE_PIECE ? left : WIRE_PIECE,
                         MSG_NOSIGNAL);

        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

void worker_forget_supervisor(struct worker *worker)
{
    if (worker->ctl >= 0)
        close(worker->ctl);
    worker->ctl = -1;
}

/* From now on a stop reaches the command; one that came too early to do so is passed on. */
static void announce(struct worker *worker, struct build *build, struct under_way *here)
{
    agent_lock(build->agent);
    here->ctl = worker->ctl;
    here->order = worker->orders;
    here->next = build->commands;
    build->commands = here;
    if (build->killed || build->refused)
        under_way_tell_locked(here, WIRE_KILL);
    else if (build->stop_pending && !here->apart)
        under_way_tell_locked(here, WIRE_STOP);
    agent_unlock(build->agent);
}

bool order_done(struct build *build, struct under_way *here)
{
    struct under_way **link = &build->commands;
    bool stopped;

    agent_lock(build->agent);
    while (*link != here)
        link = &(*link)->next;
    *link = here->next;
    here->ctl = -1;
    stopped = (build->stop_pending && !here->apart) || build->killed || build->refused;
    agent_unlock(build->agent);
    return stopped;
}

static enum ordered give(struct worker *worker, struct build *build, const struct command *command,
                         const int fds[WIRE_FDS], struct ci_err *err)
{
    if (worker->ctl < 0 && !spawner_get(worker->agent->spawner, &worker->ctl, err))
        return ORDER_FAILED;
    worker->orders++;
    /* The order's first packet must precede a stop, so it is sent before others know of it. */
    if (!send_order(worker, command, fds)) {
        ci_fail(err, CI_EUNAVAILABLE, "could not reach the supervisor: %s", strerror(errno));
        worker_forget_supervisor(worker);
        return ORDER_FAILED;
    }
    announce(worker, build, command->here);
    return ORDER_GIVEN;
}

enum ordered order_give(struct worker *worker, struct build *build, const struct command *command,
                        struct ends *out, struct ci_err *err)
{
    struct ends ends;
    enum ordered ordered;

    if (!command->here->apart && build_is_stopped(build))
        return ORDER_CANCELLED;
    if (!ends_make(command, &ends, err))
        return ORDER_FAILED;
    ordered = give(worker, build, command, ends.given, err);
    /* A supervisor that sat idle may have been killed: once more with a new one. */
    if (ordered == ORDER_FAILED)
        ordered = give(worker, build, command, ends.given, err);
    ends_close_given(&ends);
    if (ordered == ORDER_GIVEN)
        *out = ends;
    else
        ends_close(&ends);
    return ordered;
}

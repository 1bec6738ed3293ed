/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes, supervisors and the order's bytes. */
#include "exec_order.h"

#include "agent.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
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

static bool send_head(int ctl, struct wire_message *message, const int fds[2])
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
    return sendmsg(ctl, &head, MSG_NOSIGNAL) == (ssize_t)sizeof(*message);
}

static bool send_order(struct worker *worker, const struct command *command, const int fds[2])
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct wire_message message = {
        .kind = WIRE_ORDER, .number = worker->orders, .sigterm_us = command->sigterm_time.us};
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

static void close_pair(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* The reading ends never block, so that a writer outside the step can't hold us. */
static bool make_pipes(int out[2], int err_pipe[2], struct ci_err *err)
{
    if (pipe2(out, O_CLOEXEC) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not make a pipe: %s", strerror(errno));
    if (pipe2(err_pipe, O_CLOEXEC) != 0) {
        close_pair(out);
        return ci_fail(err, CI_EUNAVAILABLE, "could not make a pipe: %s", strerror(errno));
    }
    (void)!fcntl(out[0], F_SETFL, O_NONBLOCK);
    (void)!fcntl(err_pipe[0], F_SETFL, O_NONBLOCK);
    return true;
}

/* From now on a stop reaches the command; one that came too early to do so is passed on. */
static void announce(struct worker *worker, struct build *build)
{
    agent_lock(build->agent);
    build->ctl = worker->ctl;
    build->order = worker->orders;
    if (build->killed || build->refused)
        build_tell_locked(build, WIRE_KILL);
    else if (build->stop_pending)
        build_tell_locked(build, WIRE_STOP);
    agent_unlock(build->agent);
}

bool order_done(struct build *build)
{
    bool stopped;

    agent_lock(build->agent);
    build->ctl = -1;
    stopped = build->stop_pending || build->killed || build->refused;
    agent_unlock(build->agent);
    return stopped;
}

static enum ordered give(struct worker *worker, struct build *build, const struct command *command,
                         const int fds[2], struct ci_err *err)
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
    announce(worker, build);
    return ORDER_GIVEN;
}

enum ordered order_give(struct worker *worker, struct build *build, const struct command *command,
                        int *out_fd, int *err_fd, struct ci_err *err)
{
    int out[2], err_pipe[2], fds[2];
    enum ordered ordered;

    if (build_is_stopped(build))
        return ORDER_CANCELLED;
    if (!make_pipes(out, err_pipe, err))
        return ORDER_FAILED;
    fds[0] = out[1];
    fds[1] = err_pipe[1];
    ordered = give(worker, build, command, fds, err);
    /* A supervisor that sat idle may have been killed: once more with a new one. */
    if (ordered == ORDER_FAILED)
        ordered = give(worker, build, command, fds, err);
    close(out[1]);
    close(err_pipe[1]);
    if (ordered != ORDER_GIVEN) {
        close(out[0]);
        close(err_pipe[0]);
        return ordered;
    }
    *out_fd = out[0];
    *err_fd = err_pipe[0];
    return ORDER_GIVEN;
}

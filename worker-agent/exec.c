/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's side of a command: orders it from the supervisor, pumps its output, keeps its time.
 */
#include "exec.h"

#include "agent.h"
#include "exec_order.h"
#include "shared/clock.h"
#include "wire.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CAPTURE_BYTES = 1024 };

/* A command under way. */
struct run {
    struct worker *worker;
    struct steplog *log;
    const struct command *command;
    int out, err; /* ends to read from, -1 after their end */
    struct ci_mono begin, heard;
    enum ending stopped_for; /* ENDED_EXIT: nothing yet */
    bool over, lost;
    struct wire_report report;
};

/* Reads once: how many bytes, 0 when nothing is there now or will ever be. */
static size_t read_once(struct run *run, int *fd, struct stream *stream, struct ci_mono now)
{
    char *buffer = run->worker->buffer;
    struct ci_buf *capture = run->command->capture;
    ssize_t n;

    do
        n = read(*fd, buffer, WORKER_BUFFER);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return 0;
    if (n <= 0) {
        close(*fd);
        *fd = -1;
        return 0;
    }
    run->heard = now;
    steplog_feed(run->log, stream, buffer, (size_t)n, now);
    if (capture && stream == &run->log->out && capture->len + (size_t)n <= CAPTURE_BYTES)
        ci_buf_add(capture, buffer, (size_t)n);
    return (size_t)n;
}

static void read_report(struct run *run)
{
    ssize_t n = recv(run->worker->ctl, &run->report, sizeof(run->report), MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    run->over = true;
    run->lost = n != (ssize_t)sizeof(run->report);
}

static void stop(struct run *run, enum ending why)
{
    struct wire_message message = {.kind = WIRE_STOP, .number = run->worker->orders};

    run->stopped_for = why;
    (void)!send(run->worker->ctl, &message, sizeof(message), MSG_NOSIGNAL);
}

/* Microseconds until `limit` after `since` has passed, or `before` if that is sooner; -1: never. */
static int64_t sooner(int64_t before, struct ci_dur limit, struct ci_mono since, struct ci_mono now)
{
    int64_t left = since.us + limit.us - now.us;

    if (limit.us == 0)
        return before;
    if (left < 0)
        left = 0;
    return before < 0 || left < before ? left : before;
}

static int wait_ms(const struct run *run, struct ci_mono now)
{
    int64_t us = steplog_due(run->log, now);

    if (run->stopped_for == ENDED_EXIT) {
        us = sooner(us, run->command->timeout, run->heard, now);
        us = sooner(us, run->command->max_time, run->begin, now);
    }
    return us < 0 ? -1 : (int)(us / 1000) + (us % 1000 != 0);
}

static void check_times(struct run *run, struct ci_mono now)
{
    const struct command *command = run->command;

    if (run->stopped_for != ENDED_EXIT || run->over)
        return;
    if (command->timeout.us && ci_mono_since(now, run->heard).us >= command->timeout.us) {
        steplog_say(run->log, "no output for %" PRId64 " s: stopping it",
                    command->timeout.us / 1000000);
        stop(run, ENDED_SILENT);
    } else if (command->max_time.us && ci_mono_since(now, run->begin).us >= command->max_time.us) {
        steplog_say(run->log, "longer than %" PRId64 " s: stopping it",
                    command->max_time.us / 1000000);
        stop(run, ENDED_TOO_LONG);
    }
}

/* One round: output, the report, and what time asks for. */
static void pump(struct run *run)
{
    struct pollfd fds[] = {
        {.fd = run->out,         .events = POLLIN},
        {.fd = run->err,         .events = POLLIN},
        {.fd = run->worker->ctl, .events = POLLIN}
    };
    bool more = false;
    struct ci_mono now;

    if (poll(fds, CI_COUNT(fds), wait_ms(run, ci_mono_now())) < 0)
        return;
    now = ci_mono_now();
    if (fds[0].revents)
        more |= read_once(run, &run->out, &run->log->out, now) == WORKER_BUFFER;
    if (fds[1].revents)
        more |= read_once(run, &run->err, &run->log->err, now) == WORKER_BUFFER;
    if (!more)
        steplog_paused(run->log);
    if (fds[2].revents)
        read_report(run);
    check_times(run, now);
    if (steplog_due(run->log, now) == 0)
        steplog_flush(run->log);
}

/* Whoever of the step could write is dead: what the pipe holds is all there will be. */
static void drain(struct run *run, int *fd, struct stream *stream)
{
    struct ci_mono now = ci_mono_now();

    while (*fd >= 0 && read_once(run, fd, stream, now) > 0)
        continue;
    if (*fd >= 0)
        close(*fd); /* somebody outside holds it open */
    *fd = -1;
}

static void judge(const struct run *run, bool cancelled, struct outcome *out)
{
    const struct wire_report *report = &run->report;

    out->ending = ENDED_EXIT;
    if (run->lost) {
        out->ending = ENDED_LOST;
        snprintf(out->text, sizeof(out->text), "its supervisor was killed");
    } else if (report->stage != WIRE_STARTED) {
        out->ending = ENDED_NOT_STARTED;
        out->code = report->error;
        snprintf(out->text, sizeof(out->text), "could not %s: %s",
                 report->stage == WIRE_NO_FOLDER ? "enter its folder" : "start the command",
                 strerror(report->error));
    } else if (report->stopped && cancelled) {
        out->ending = ENDED_CANCELLED;
    } else if (report->stopped && run->stopped_for != ENDED_EXIT) {
        out->ending = run->stopped_for;
    } else if (WIFSIGNALED(report->status)) {
        out->ending = ENDED_SIGNAL;
        out->code = WTERMSIG(report->status);
    } else {
        out->code = WEXITSTATUS(report->status);
    }
}

static void say_left(const struct run *run)
{
    const struct wire_report *report = &run->report;

    if (run->lost || report->killed == 0)
        return;
    steplog_say(run->log, "%s %d process%s left by the step: %s",
                report->immortal ? "could not kill all of" : "killed", report->killed,
                report->killed == 1 ? "" : "es", report->names);
}

void exec_command(struct worker *worker, struct steplog *log, const struct command *command,
                  struct outcome *out)
{
    struct run run = {.worker = worker, .log = log, .command = command};
    struct outcome outcome = {0};
    struct ci_err err;
    bool cancelled;

    run.begin = run.heard = ci_mono_now();
    switch (order_give(worker, log->build, command, &run.out, &run.err, &err)) {
    case ORDER_CANCELLED:
        *out = (struct outcome){.ending = ENDED_CANCELLED};
        return;
    case ORDER_FAILED:
        out->ending = ENDED_LOST;
        snprintf(out->text, sizeof(out->text), "%.*s", (int)sizeof(out->text) - 1, err.msg);
        return;
    case ORDER_GIVEN:
        break;
    }
    while (!run.over)
        pump(&run);
    cancelled = order_done(log->build);
    drain(&run, &run.out, &log->out);
    drain(&run, &run.err, &log->err);
    steplog_end(log);
    judge(&run, cancelled, &outcome);
    say_left(&run);
    if (run.lost || run.report.last)
        worker_forget_supervisor(worker);
    outcome.elapsed = ci_mono_since(ci_mono_now(), run.begin);
    *out = outcome;
}

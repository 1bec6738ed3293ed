/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's side of a command: orders it from the supervisor, pumps its output, keeps its time.
 */
#include "exec.h"

#include "agent.h"
#include "exec_order.h"
#include "follow.h"
#include "observe.h"
#include "shared/clock.h"

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
    struct ends ends; /* ours: -1 after their end */
    struct observing lines;
    const char *input; /* what a terminal is still to get, or NULL */
    size_t input_left;
    bool input_ending; /* what is left says that it ends */
    int64_t line_count;
    struct ci_mono begin, heard;
    enum ending stopped_for; /* ENDED_EXIT: nothing yet */
    bool over, lost;
    struct wire_report report;
};

static void stop(struct run *run, enum ending why)
{
    struct wire_message message = {.kind = WIRE_STOP, .number = run->worker->orders};

    run->stopped_for = why;
    (void)!send(run->worker->ctl, &message, sizeof(message), MSG_NOSIGNAL);
}

static void count_lines(struct run *run, const char *data, size_t len)
{
    const char *end = data + len;

    while ((data = memchr(data, '\n', (size_t)(end - data)))) {
        run->line_count++;
        data++;
    }
    if (run->line_count <= run->command->max_lines || run->stopped_for != ENDED_EXIT)
        return;
    steplog_say(run->log, "more than %d lines: stopping it", run->command->max_lines);
    if (run->over)
        run->stopped_for = ENDED_TOO_MUCH; /* of what it left in the pipe */
    else
        stop(run, ENDED_TOO_MUCH);
}

static void capture(const struct command *command, const char *data, size_t len)
{
    size_t most = command->capture_max ? command->capture_max : CAPTURE_BYTES;
    size_t room = command->capture->len < most ? most - command->capture->len : 0;

    ci_buf_add(command->capture, data, len < room ? len : room);
}

/* Whoever wants to know of the output, the log last: it may send. */
static void take(struct run *run, bool second, const char *data, size_t len, struct ci_mono now)
{
    struct stream *stream = second ? &run->log->err : &run->log->out;

    run->heard = now;
    if (run->command->capture && !second)
        capture(run->command, data, len);
    if (run->lines.observer)
        observe_feed(&run->lines, second, data, len);
    steplog_feed(run->log, stream, data, len, now);
    if (run->command->max_lines > 0)
        count_lines(run, data, len);
}

/* Reads once: how many bytes, 0 when nothing is there now or will ever be. */
static size_t read_once(struct run *run, bool second, struct ci_mono now)
{
    int *fd = second ? &run->ends.err : &run->ends.out;
    ssize_t n;

    do
        n = read(*fd, run->worker->buffer, WORKER_BUFFER);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return 0;
    if (n <= 0) { /* a terminal that nobody holds says EIO */
        close(*fd);
        *fd = -1;
        return 0;
    }
    take(run, second, run->worker->buffer, (size_t)n, now);
    return (size_t)n;
}

/* To a terminal, whose end of file is a character: behind half a line it only hands that on. */
static void give_input(struct run *run)
{
    static const char end_of_file[] = "\004\004";
    size_t len = strlen(run->command->input);
    ssize_t n = write(run->ends.out, run->input, run->input_left);

    if (n > 0) {
        run->input += n;
        run->input_left -= (size_t)n;
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        run->input = NULL;
        return;
    }
    if (run->input_left > 0)
        return;
    run->input = run->input_ending ? NULL : end_of_file;
    run->input_left = len > 0 && run->command->input[len - 1] != '\n' ? 2 : 1;
    run->input_ending = true;
}

static void read_report(struct run *run)
{
    ssize_t n = recv(run->worker->ctl, &run->report, sizeof(run->report), MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    run->over = true;
    run->lost = n != (ssize_t)sizeof(run->report);
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
    const struct command *command = run->command;
    int64_t us = steplog_due(run->log, now);

    if (run->stopped_for == ENDED_EXIT) {
        us = sooner(us, command->timeout, run->heard, now);
        us = sooner(us, command->max_time, run->begin, now);
    }
    if (command->follows)
        us = sooner(us, ci_millis(FOLLOW_EVERY_MS), now, now);
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
        {.fd = run->ends.out,    .events = (short)(POLLIN | (run->input ? POLLOUT : 0))},
        {.fd = run->ends.err,    .events = POLLIN                                      },
        {.fd = run->worker->ctl, .events = POLLIN                                      }
    };
    bool more = false;
    struct ci_mono now;

    if (poll(fds, CI_COUNT(fds), wait_ms(run, ci_mono_now())) < 0)
        return;
    now = ci_mono_now();
    if (fds[0].revents & POLLOUT)
        give_input(run);
    if (fds[0].revents & ~POLLOUT)
        more |= read_once(run, false, now) == WORKER_BUFFER;
    if (fds[1].revents)
        more |= read_once(run, true, now) == WORKER_BUFFER;
    if (!more)
        steplog_paused(run->log);
    if (fds[2].revents)
        read_report(run);
    if (run->command->follows &&
        follow_look(run->command->follows, run->worker->buffer, WORKER_BUFFER, now))
        run->heard = now;
    check_times(run, now);
    if (steplog_due(run->log, now) == 0)
        steplog_flush(run->log);
}

/* Whoever of the step could write is dead: what the pipes hold is all there will be. */
static void drain(struct run *run)
{
    struct ci_mono now = ci_mono_now();

    while (run->ends.out >= 0 && read_once(run, false, now) > 0)
        continue;
    while (run->ends.err >= 0 && read_once(run, true, now) > 0)
        continue;
    ends_close(&run->ends); /* somebody outside holds them open */
    if (run->command->follows)
        follow_end(run->command->follows, run->worker->buffer, WORKER_BUFFER);
    observe_end(&run->lines);
    steplog_end(run->log);
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
    } else if (run->stopped_for == ENDED_TOO_MUCH || (report->stopped && run->stopped_for)) {
        out->ending = run->stopped_for;
    } else if (WIFSIGNALED(report->status)) {
        out->ending = ENDED_SIGNAL;
        out->code = WTERMSIG(report->status);
    } else {
        out->code = WEXITSTATUS(report->status);
    }
    out->stopped = report->stopped;
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

static void run_to_end(struct run *run, struct outcome *out)
{
    bool cancelled;

    if (run->command->use_pty && run->command->input) {
        run->input = run->command->input;
        run->input_left = strlen(run->input);
    }
    while (!run->over)
        pump(run);
    cancelled = order_done(run->log->build, run->command->here);
    drain(run);
    judge(run, cancelled, out);
    say_left(run);
    if (run->lost || run->report.last)
        worker_forget_supervisor(run->worker);
    out->elapsed = ci_mono_since(ci_mono_now(), run->begin);
}

void exec_command(struct worker *worker, struct steplog *log, const struct command *given,
                  struct outcome *out)
{
    struct under_way here = {.ctl = -1};
    struct command command = *given;
    struct run run = {.worker = worker, .log = log, .command = &command};
    struct ci_err err;

    *out = (struct outcome){0};
    if (!command.here)
        command.here = &here;
    run.lines.observer = command.observer;
    run.begin = run.heard = ci_mono_now();
    if (command.follows)
        follow_begin(command.follows);
    switch (order_give(worker, log->build, &command, &run.ends, &err)) {
    case ORDER_CANCELLED:
        out->ending = ENDED_CANCELLED;
        return;
    case ORDER_FAILED:
        out->ending = ENDED_LOST;
        snprintf(out->text, sizeof(out->text), "%.*s", (int)sizeof(out->text) - 1, err.msg);
        return;
    case ORDER_GIVEN:
        run_to_end(&run, out);
        return;
    }
}

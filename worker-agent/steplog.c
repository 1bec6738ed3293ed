/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering lines into frames that are neither late nor many. */
#include "steplog.h"

#include "agent.h"
#include "sender.h"
#include "shared/clock.h"
#include "shared/compress.h"

#include <stdarg.h>
#include <string.h>

/*
 * A pause of QUIET sends what is there; steady output is sent every LATEST, or
 * by LARGE pieces. Where frames wait for others anyway, lines wait for more.
 */
enum { QUIET_US = 20000, LATEST_US = 250000, LARGE = 64 << 10 };

void steplog_init(struct steplog *log, struct build *build, int step)
{
    struct ci_dur patience;

    agent_lock(build->agent);
    patience = sender_patience_locked(build->agent);
    agent_unlock(build->agent);
    *log = (struct steplog){.build = build, .step = step, .quiet = QUIET_US};
    if (patience.us > log->quiet)
        log->quiet = patience.us;
    stream_init(&log->out, 'o');
    stream_init(&log->err, 'e');
    stream_init(&log->own, 'h');
}

void steplog_release(struct steplog *log)
{
    chunk_release(&log->chunk);
    stream_release(&log->out);
    stream_release(&log->err);
    stream_release(&log->own);
}

void steplog_flush(struct steplog *log)
{
    CI_AUTO_MEM mem = NULL;
    struct ci_buf frame;

    if (log->chunk.len == 0)
        return;
    mem = ci_mem_new();
    ci_buf_init(&frame, mem);
    frame_log(&frame, log->step, log->chunk.lines, log->chunk.len,
              ci_compress(mem, (struct ci_bytes){log->chunk.text, log->chunk.len}));
    build_append(log->build, (struct ci_bytes){frame.text, frame.len}, BUILD_SOON);
    chunk_clear(&log->chunk);
}

void steplog_feed(struct steplog *log, struct stream *stream, const char *data, size_t len,
                  struct ci_mono now)
{
    while (len > 0) {
        size_t taken;

        if (log->chunk.len == 0)
            log->first = now;
        taken = stream_feed(stream, data, len, &log->chunk);
        if (taken < len)
            steplog_flush(log);
        data += taken;
        len -= taken;
    }
    log->last = now;
}

static void end_stream(struct steplog *log, struct stream *stream)
{
    if (stream_end(stream, &log->chunk))
        return;
    steplog_flush(log);
    if (!stream_end(stream, &log->chunk))
        __builtin_unreachable(); /* an empty chunk holds any line */
}

void steplog_end(struct steplog *log)
{
    end_stream(log, &log->out);
    end_stream(log, &log->err);
}

void steplog_say(struct steplog *log, const char *fmt, ...)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_mono now = ci_mono_now();
    va_list args;
    char *text;

    va_start(args, fmt);
    text = talloc_vasprintf(mem, fmt, args);
    va_end(args);
    if (!text)
        return;
    steplog_feed(log, &log->own, text, strlen(text), now);
    end_stream(log, &log->own);
}

int64_t steplog_due(const struct steplog *log, struct ci_mono now)
{
    int64_t quiet = log->last.us + log->quiet - now.us;
    int64_t latest = log->first.us + LATEST_US - now.us;
    int64_t due = quiet < latest ? quiet : latest;

    if (log->chunk.len == 0)
        return -1;
    return due > 0 ? due : 0;
}

void steplog_paused(struct steplog *log)
{
    if (log->chunk.len >= LARGE)
        steplog_flush(log);
}

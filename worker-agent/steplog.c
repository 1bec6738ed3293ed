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

void steplog_init(struct steplog *log, struct build *build, int step, const char *name)
{
    struct ci_dur patience;

    agent_lock(build->agent);
    patience = sender_patience_locked(build->agent);
    agent_unlock(build->agent);
    *log =
        (struct steplog){.build = build, .step = step, .name = name, .quiet = QUIET_US, .left = -1};
    if (build->start && build->start->log_max_size > 0)
        log->left = build->start->log_max_size;
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
    ci_mem_free(log->mem);
    log->mem = NULL;
}

static void send_chunk(struct steplog *log, bool truncated)
{
    CI_AUTO_MEM mem = NULL;
    struct frame_log frame = {.step = log->step,
                              .log = log->name,
                              .lines = log->chunk.lines,
                              .raw = log->chunk.len,
                              .at = ci_time_now(),
                              .truncated = truncated};
    struct ci_buf bytes;

    if (log->chunk.len == 0)
        return;
    mem = ci_mem_new();
    ci_buf_init(&bytes, mem);
    frame.packed = ci_compress(mem, (struct ci_bytes){log->chunk.text, log->chunk.len});
    if (log->gate) {
        pthread_mutex_lock(&log->gate->lock);
        frame.late = log->gate->late;
    }
    frame_log(&bytes, &frame);
    build_append(log->build, (struct ci_bytes){bytes.text, bytes.len}, BUILD_SOON);
    if (log->gate)
        pthread_mutex_unlock(&log->gate->lock);
    chunk_clear(&log->chunk);
}

void steplog_flush(struct steplog *log)
{
    send_chunk(log, false);
}

static void gather(struct steplog *log, struct stream *stream, struct ci_bytes bytes,
                   struct ci_mono now)
{
    const char *data = bytes.data;

    for (size_t len = bytes.len; len > 0;) {
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

/* Its last words: nothing may follow them. */
static void cut_off(struct steplog *log, struct ci_mono now)
{
    static const char words[] = "the log is longer than the configuration allows: the rest is not "
                                "kept";

    end_stream(log, &log->out);
    end_stream(log, &log->err);
    gather(log, &log->own, (struct ci_bytes){words, sizeof(words) - 1}, now);
    end_stream(log, &log->own);
    send_chunk(log, true);
    log->cut = true;
}

/* What may be seen, as far as there is room. */
static void put(struct steplog *log, struct stream *stream, struct ci_bytes bytes,
                struct ci_mono now)
{
    bool full = log->left >= 0 && bytes.len > (size_t)log->left;

    if (log->cut)
        return;
    if (full)
        bytes.len = (size_t)log->left;
    if (log->left >= 0)
        log->left -= (int64_t)bytes.len;
    gather(log, stream, bytes, now);
    if (full)
        cut_off(log, now);
}

static struct ci_mask_stream *mask_of(struct steplog *log, const struct stream *stream)
{
    struct ci_mask_stream **mask = stream == &log->out ? &log->out_mask : &log->err_mask;

    if (!*mask) {
        if (!log->mem)
            log->mem = ci_mem_new();
        *mask = ci_mask_stream_new(log->build->mask, log->mem);
    }
    return *mask;
}

void steplog_feed(struct steplog *log, struct stream *stream, const char *data, size_t len,
                  struct ci_mono now)
{
    CI_AUTO_MEM mem = NULL;
    struct ci_bytes bytes = {data, len};

    if (!ci_mask_is_empty(log->build->mask)) {
        mem = ci_mem_new();
        bytes = ci_mask_feed(mask_of(log, stream), bytes, mem);
    }
    put(log, stream, bytes, now);
}

static void end_output(struct steplog *log, struct stream *stream, struct ci_mask_stream *mask)
{
    CI_AUTO_MEM mem = NULL;

    if (mask) {
        mem = ci_mem_new();
        put(log, stream, ci_mask_flush(mask, mem), ci_mono_now());
    }
    end_stream(log, stream);
}

void steplog_end(struct steplog *log)
{
    end_output(log, &log->out, log->out_mask);
    end_output(log, &log->err, log->err_mask);
}

void steplog_say(struct steplog *log, const char *fmt, ...)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *shown;
    va_list args;
    char *text;

    va_start(args, fmt);
    text = talloc_vasprintf(mem, fmt, args);
    va_end(args);
    if (!text)
        return;
    shown = ci_mask_text(log->build->mask, mem, text);
    put(log, &log->own, (struct ci_bytes){shown, strlen(shown)}, ci_mono_now());
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

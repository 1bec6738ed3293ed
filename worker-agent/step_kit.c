/* SPDX-License-Identifier: Apache-2.0 */
/* Small things that several types of steps say and do. */
#include "step_kit.h"

#include "shared/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_CHARS = 1000 };

void kit_write(struct step *step, const char *log, const char *text, size_t len)
{
    struct steplog *into = log ? step_log(step, log) : &step->log;

    steplog_feed(into, &into->out, text, len, ci_mono_now());
    steplog_end(into);
}

void kit_ends(struct step *step, struct step_end *end, enum ci_result result, const char *fmt, ...)
{
    CI_AUTO_MEM mem = ci_mem_new();
    va_list args;
    char *text;

    va_start(args, fmt);
    text = talloc_vasprintf(mem, fmt, args);
    va_end(args);
    if (!text)
        abort(); /* no memory */
    steplog_say(&step->log, "%s", text);
    step_ends(end, result, "%.190s", text);
}

void kit_cancelled(struct step *step, struct step_end *end)
{
    kit_ends(step, end, CI_CANCELLED, "cancelled");
}

const char *kit_count(struct step *step, size_t count, const char *one, const char *many)
{
    return ci_mem_printf(step->mem, "%zu %s", count, count == 1 ? one : many);
}

const char *kit_json(struct step *step, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    const char *copy = ci_mem_printf(step->mem, "%.*s%s", JSON_CHARS, text ? text : "",
                                     text && strlen(text) > JSON_CHARS ? "..." : "");

    free(text);
    return copy;
}

void kit_add_property(struct step *step, const char *name, int64_t by)
{
    json_t *before = step_property(step, name);
    json_auto_t *sum = json_integer(json_integer_value(before) + by);

    step_set_property(step, name, sum, step->def->name);
}

bool kit_goes_on(struct step *step, struct ci_mono begin, struct ci_err *err)
{
    int64_t limit = step->def->max_time.us;

    if (step_stopped(step))
        return ci_fail(err, CI_EGONE, "cancelled");
    if (limit > 0 && ci_mono_since(ci_mono_now(), begin).us > limit)
        return ci_fail(err, CI_EUNAVAILABLE, "timed out (longer than %lld s)",
                       (long long)(limit / 1000000));
    return true;
}

void kit_fails(struct step *step, struct step_end *end, const struct ci_err *err)
{
    if (step_stopped(step))
        kit_cancelled(step, end);
    else
        kit_ends(step, end, CI_FAILURE, "%s", err->msg);
}

int kit_mode(const char *octal, int otherwise)
{
    return octal && *octal ? (int)(strtol(octal, NULL, 8) & 07777) : otherwise;
}

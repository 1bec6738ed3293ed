/* SPDX-License-Identifier: Apache-2.0 */
/* Writing frames, and reading them again after a restart. */
#include "frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
    [FRAME_STEP_STARTED] = "step_started",     [FRAME_LOG] = "log",
    [FRAME_STEP_FINISHED] = "step_finished",   [FRAME_PROPERTY] = "property",
    [FRAME_BUILD_FINISHED] = "build_finished",
};

/* jansson's own text codec, one character at a time only where the whole is no UTF-8. */
static json_t *text_of(const char *text)
{
    json_t *whole = json_string(text);
    struct ci_buf clean;
    CI_AUTO_MEM mem = NULL;

    if (whole)
        return whole;
    mem = ci_mem_new();
    ci_buf_init(&clean, mem);
    while (*text) {
        size_t len = 1;
        json_t *one = NULL;

        for (; len <= 4 && !one && strnlen(text, len) == len; len++)
            one = json_stringn(text, len);
        if (one)
            ci_buf_add(&clean, text, len - 1);
        else
            ci_buf_puts(&clean, "\xef\xbf\xbd");
        text += one ? len - 1 : 1;
        json_decref(one);
    }
    return json_string(clean.text);
}

/* Appends the frame and releases it. */
static void put(struct ci_buf *out, json_t *frame)
{
    char *text = frame ? json_dumps(frame, JSON_COMPACT) : NULL;

    if (!text)
        abort(); /* no memory: every value in it is valid */
    ci_buf_puts(out, text);
    ci_buf_puts(out, "\n");
    free(text);
    json_decref(frame);
}

void frame_step_started(struct ci_buf *out, int step, const char *name, struct ci_time at)
{
    put(out, json_pack("{s:s, s:i, s:o, s:I}", "frame", "step_started", "step", step, "name",
                       text_of(name), "at", (json_int_t)at.us));
}

void frame_log(struct ci_buf *out, int step, size_t lines, size_t raw, struct ci_bytes packed)
{
    ci_buf_printf(out,
                  "{\"frame\":\"log\",\"step\":%d,\"log\":\"stdio\",\"kind\":\"s\",\"lines\":%zu,"
                  "\"raw\":%zu,\"size\":%zu}\n",
                  step, lines, raw, packed.len);
    ci_buf_add(out, packed.data, packed.len);
}

void frame_step_finished(struct ci_buf *out, int step, enum ci_result results, const char *state,
                         struct ci_time at)
{
    put(out, json_pack("{s:s, s:i, s:i, s:o, s:I, s:b}", "frame", "step_finished", "step", step,
                       "results", (int)results, "state", text_of(state), "at", (json_int_t)at.us,
                       "hidden", 0));
}

void frame_property(struct ci_buf *out, const char *name, const char *value, const char *source)
{
    put(out, json_pack("{s:s, s:s, s:o, s:s}", "frame", "property", "name", name, "value",
                       text_of(value), "source", source));
}

void frame_build_finished(struct ci_buf *out, enum ci_result results, const char *state,
                          struct ci_time at)
{
    put(out, json_pack("{s:s, s:i, s:o, s:I}", "frame", "build_finished", "results", (int)results,
                       "state", text_of(state), "at", (json_int_t)at.us));
}

static enum frame_kind kind_of(const char *name)
{
    for (size_t i = 0; name && i < CI_COUNT(kind_names); i++)
        if (strcmp(kind_names[i], name) == 0)
            return (enum frame_kind)i;
    return FRAME_OTHER;
}

bool frame_read(struct ci_bytes data, struct frame *out)
{
    const char *end = data.len > 0 ? memchr(data.data, '\n', data.len) : NULL;
    size_t line = end ? (size_t)(end - (const char *)data.data) + 1 : 0;
    json_auto_t *json = NULL;
    json_t *step;
    json_int_t size;

    if (line == 0)
        return false;
    json = json_loadb(data.data, line, 0, NULL);
    if (!json_is_object(json))
        return false;
    size = json_integer_value(json_object_get(json, "size"));
    if (size < 0)
        return false;
    step = json_object_get(json, "step");
    *out = (struct frame){
        .kind = kind_of(json_string_value(json_object_get(json, "frame"))),
        .step = json_is_integer(step) ? (int)json_integer_value(step) : -1,
        .line = line,
        .size = (size_t)size,
    };
    return true;
}

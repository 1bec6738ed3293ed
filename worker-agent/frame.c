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

/* Of properties, logs, links ...: the builder refuses a journal with empty or longer ones. */
static json_t *name_of(const char *text)
{
    enum { LONGEST = 256 };
    json_t *name = text_of(*text ? text : "unnamed");
    size_t len = json_string_length(name);
    json_t *cut;

    if (len <= LONGEST)
        return name;
    len = LONGEST;
    while (((unsigned char)json_string_value(name)[len] & 0xC0) == 0x80)
        len--;
    cut = json_stringn(json_string_value(name), len);
    json_decref(name);
    return cut;
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

/* Keys that only some frames of a kind have. */
static void set_text(json_t *frame, const char *key, const char *text)
{
    if (text)
        json_object_set_new(frame, key, text_of(text));
}

static void set_true(json_t *frame, const char *key, bool value)
{
    if (value)
        json_object_set_new(frame, key, json_true());
}

static json_t *names_of(const struct ci_step_flags *flags, bool background)
{
    const struct {
        bool set;
        const char *name;
    } all[] = {
        {flags->halt_on_failure,   "halt_on_failure"  },
        {flags->flunk_on_failure,  "flunk_on_failure" },
        {flags->warn_on_failure,   "warn_on_failure"  },
        {flags->flunk_on_warnings, "flunk_on_warnings"},
        {flags->warn_on_warnings,  "warn_on_warnings" },
        {flags->always_run,        "always_run"       },
        {background,               "background"       },
    };
    json_t *names = json_array();

    for (size_t i = 0; i < CI_COUNT(all); i++)
        if (all[i].set)
            json_array_append_new(names, json_string(all[i].name));
    return names;
}

void frame_step_started(struct ci_buf *out, const struct frame_started *frame)
{
    json_t *json = json_pack("{s:s, s:i, s:o, s:I}", "frame", "step_started", "step", frame->step,
                             "name", name_of(frame->name), "at", (json_int_t)frame->at.us);

    if (frame->group)
        json_object_set_new(json, "group", name_of(frame->group));
    set_text(json, "state", frame->state);
    if (frame->flags)
        json_object_set_new(json, "flags", names_of(frame->flags, frame->background));
    put(out, json);
}

void frame_log(struct ci_buf *out, const struct frame_log *frame)
{
    json_t *json = json_pack("{s:s, s:i, s:o, s:s, s:I, s:I, s:I, s:I}", "frame", "log", "step",
                             frame->step, "log", name_of(frame->log), "kind", "s", "lines",
                             (json_int_t)frame->lines, "raw", (json_int_t)frame->raw, "at",
                             (json_int_t)frame->at.us, "size", (json_int_t)frame->packed.len);

    set_true(json, "truncated", frame->truncated);
    set_true(json, "late", frame->late);
    put(out, json);
    ci_buf_add(out, frame->packed.data, frame->packed.len);
}

void frame_step_finished(struct ci_buf *out, const struct frame_finished *frame)
{
    json_t *json =
        json_pack("{s:s, s:i, s:i, s:o, s:I, s:b}", "frame", "step_finished", "step", frame->step,
                  "results", (int)frame->results, "state", text_of(frame->state), "at",
                  (json_int_t)frame->at.us, "hidden", frame->hidden);

    if (frame->warnings > 0)
        json_object_set_new(json, "warnings", json_integer(frame->warnings));
    put(out, json);
}

void frame_property(struct ci_buf *out, const char *name, json_t *value, const char *source)
{
    put(out, json_pack("{s:s, s:o, s:O, s:o}", "frame", "property", "name", name_of(name), "value",
                       value, "source", text_of(source)));
}

void frame_url(struct ci_buf *out, int step, const char *name, const char *url)
{
    put(out, json_pack("{s:s, s:i, s:o, s:o}", "frame", "url", "step", step, "name", name_of(name),
                       "url", text_of(url)));
}

void frame_step_locks(struct ci_buf *out, int step, const char *state, struct ci_time at)
{
    json_t *json =
        json_pack("{s:s, s:i, s:I}", "frame", "step_locks", "step", step, "at", (json_int_t)at.us);

    set_text(json, "state", state);
    put(out, json);
}

void frame_waiting(struct ci_buf *out, int step, bool waiting)
{
    put(out, json_pack("{s:s, s:i, s:b}", "frame", "waiting", "step", step, "waiting", waiting));
}

void frame_environment(struct ci_buf *out, const char *key, const char *state, double seconds)
{
    put(out, json_pack("{s:s, s:s, s:s, s:f}", "frame", "environment", "key", key, "state", state,
                       "seconds", seconds));
}

void frame_tests(struct ci_buf *out, const struct frame_tests *frame)
{
    put(out,
        json_pack("{s:s, s:i, s:o, s:o, s:o, s:I, s:I, s:I}", "frame", "tests", "step", frame->step,
                  "description", name_of(frame->description), "category", text_of(frame->category),
                  "unit", name_of(frame->unit), "results", (json_int_t)frame->results, "raw",
                  (json_int_t)frame->raw, "size", (json_int_t)frame->packed.len));
    ci_buf_add(out, frame->packed.data, frame->packed.len);
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
        .late = json_is_true(json_object_get(json, "late")),
        .line = line,
        .size = (size_t)size,
    };
    return true;
}

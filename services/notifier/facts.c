/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the facts, and what is read out of them. */
#include "facts.h"

#include "shared/utf8.h"

#include <string.h>

static const struct ci_field build_fields[] = {
    CI_FIELD(struct build_facts, buildid, CI_REQUIRED),
    CI_FIELD(struct build_facts, number, 0),
    CI_FIELD(struct build_facts, builderid, 0),
    CI_FIELD(struct build_facts, config_version, 0),
    CI_FIELD(struct build_facts, builder, 0),
    CI_FIELD(struct build_facts, worker, 0),
    CI_FIELD(struct build_facts, state_string, 0),
    CI_FIELD(struct build_facts, reason, 0),
    CI_FIELD(struct build_facts, results, 0),
    CI_FIELD(struct build_facts, started_at, 0),
    CI_FIELD(struct build_facts, complete_at, 0),
    CI_FIELD(struct build_facts, properties, 0),
    CI_FIELD(struct build_facts, tags, 0),
    CI_FIELD(struct build_facts, has_previous, 0),
    CI_FIELD(struct build_facts, previous_results, 0),
};
const struct ci_record build_facts_record = CI_RECORD("build", struct build_facts, build_fields);

static const struct ci_field step_fields[] = {
    CI_FIELD(struct step_facts, number, 0),       CI_FIELD(struct step_facts, name, 0),
    CI_FIELD(struct step_facts, state_string, 0), CI_FIELD(struct step_facts, results, 0),
    CI_FIELD(struct step_facts, started_at, 0),   CI_FIELD(struct step_facts, complete_at, 0),
    CI_FIELD(struct step_facts, logid, 0),        CI_FIELD(struct step_facts, num_lines, 0),
};
const struct ci_record step_facts_record = CI_RECORD("step", struct step_facts, step_fields);

static const struct ci_field change_fields[] = {
    CI_FIELD(struct change_facts, author, 0),   CI_FIELD(struct change_facts, comments, 0),
    CI_FIELD(struct change_facts, revision, 0), CI_FIELD(struct change_facts, branch, 0),
    CI_FIELD(struct change_facts, revlink, 0),
};
const struct ci_record change_facts_record =
    CI_RECORD("change", struct change_facts, change_fields);

const char *facts_property(const struct build_facts *build, const char *name)
{
    return json_string_value(json_array_get(json_object_get(build->properties, name), 0));
}

const struct step_facts *facts_failing_step(const struct build_facts *build)
{
    const struct step_facts *warned = NULL;

    CI_FOREACH(const struct step_facts, step, build->steps) {
        if (step->results == CI_FAILURE || step->results == CI_EXCEPTION)
            return step;
        if (!warned && step->results == CI_WARNINGS)
            warned = step;
    }
    return warned;
}

/* Where the escape sequence (ECMA-48) at `at` ends; at the latest, where the text does. */
static const char *after_escape(const char *at)
{
    char kind = *++at;

    if (kind && strchr("]PX^_", kind)) { /* a string: ended by BEL or ESC \ */
        at += strcspn(at, "\a\033");
        return *at == '\033' && at[1] == '\\' ? at + 2 : at + (*at == '\a');
    }
    if (kind == '[')
        at++;
    /* Parameters are 0x30 to 0x3f, and only a control sequence has them. */
    while (*at >= ' ' && *at <= (kind == '[' ? '?' : '/'))
        at++;
    return at + (*at >= '0' && *at <= '~');
}

/* Mail knows no colours and no cursor: takes them out, and every control but tabs, in place. */
static void drop_controls(char *text)
{
    char *to = text;

    for (const char *at = text; *at;) {
        if (*at == '\033') {
            at = after_escape(at);
            continue;
        }
        if ((unsigned char)*at >= ' ' || *at == '\t')
            *to++ = *at;
        at++;
    }
    *to = '\0';
}

/* One line as a terminal would leave it: what a carriage return wrote over is gone, too. */
static void add_line(struct ci_buf *out, const char *line, size_t len)
{
    const char *end = line + len, *back;
    char *text;

    while (end > line && end[-1] == '\r')
        end--;
    back = memrchr(line, '\r', (size_t)(end - line));
    line = back ? back + 1 : line;
    text = ci_utf8_clean(out->mem, line, (size_t)(end - line));
    drop_controls(text);
    ci_buf_puts(out, text);
    ci_buf_puts(out, "\n");
}

/* Where the last `lines` lines begin. */
static const char *last_lines(const char *start, const char *end, int lines)
{
    const char *at = end;

    while (at > start && lines > 0) {
        const char *line = memrchr(start, '\n', (size_t)(at - start - 1));

        at = line ? line + 1 : start;
        lines--;
    }
    return at;
}

const char *facts_tail(struct ci_bytes text, int lines, void *mem)
{
    const char *start = text.data, *end = start + text.len, *at = last_lines(start, end, lines);
    bool cut = end - at > FACTS_TAIL_BYTES;
    struct ci_buf out;

    ci_buf_init(&out, mem);
    if (cut) { /* whole lines, if there is one; else the end of the last */
        const char *from = end - FACTS_TAIL_BYTES, *next;

        next = memchr(from, '\n', (size_t)(end - from - 1));
        at = next ? next + 1 : from;
        ci_buf_puts(&out, next ? "[...]\n" : "[...]");
        cut = !next;
    }
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);
        size_t letter = len > 0 && !cut; /* the first byte is the stream's letter */

        add_line(&out, at + letter, len - letter);
        at += len + 1;
        cut = false;
    }
    return out.text;
}

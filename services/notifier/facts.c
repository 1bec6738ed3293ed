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

const char *facts_tail(struct ci_bytes text, int lines, void *mem)
{
    const char *start = text.data, *end = start + text.len, *at = end;
    struct ci_buf out;

    while (at > start && lines > 0) {
        const char *line = memrchr(start, '\n', (size_t)(at - start - 1));

        at = line ? line + 1 : start;
        lines--;
    }
    ci_buf_init(&out, mem);
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);

        if (len > 0) { /* the first byte is the stream's letter */
            char *line = ci_utf8_clean(mem, at + 1, len - 1);

            drop_controls(line);
            ci_buf_puts(&out, line);
        }
        ci_buf_puts(&out, "\n");
        at += len + 1;
    }
    return out.text;
}

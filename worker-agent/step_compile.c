/* SPDX-License-Identifier: Apache-2.0 */
/* The `compile` step: a command whose warnings are counted. */
#include "below.h"
#include "step_kit.h"
#include "step_types.h"
#include "warnings.h"

#include <string.h>

enum { SUPPRESSION_BYTES = 4 << 20, KEPT_BYTES = 4 << 20 };

struct compile {
    struct warnings *warnings;
    struct ci_buf lines; /* for the log of warnings */
};

static void see_line(void *user, char kind, const char *text, size_t len)
{
    struct compile *compile = user;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *line = ci_mem_strndup(mem, text, len);

    (void)kind;
    if (!warnings_line(compile->warnings, line) || compile->lines.len > KEPT_BYTES)
        return;
    ci_buf_puts(&compile->lines, line);
    ci_buf_puts(&compile->lines, "\n");
}

static bool read_suppressions(struct step *step, struct compile *compile, struct ci_err *err)
{
    const struct ci_compile_args *args = step->def->args;
    struct ci_bytes rules;

    if (!args->suppression_file)
        return true;
    if (!below_read(step->dir, args->suppression_file, SUPPRESSION_BYTES, step->mem, &rules, err))
        return false;
    return warnings_suppress(compile->warnings, rules.data, err) ||
           ci_fail_in(err, "%s", args->suppression_file);
}

static void judge(struct step *step, const struct compile *compile, struct step_end *end)
{
    const struct ci_compile_args *args = step->def->args;
    int count = warnings_count(compile->warnings);
    const char *words = kit_count(step, (size_t)count, "warning", "warnings");

    if (end->result == CI_SUCCESS && args->max_warn_count >= 0 && count > args->max_warn_count)
        step_ends(end, CI_FAILURE, "%s, at most %d allowed", words, args->max_warn_count);
    else if (end->result == CI_SUCCESS)
        step_ends(end, CI_WARNINGS, "%.150s %s", step->def->name, words);
    else
        step_ends(end, end->result, "%.150s, %s", ci_mem_strdup(step->mem, end->state), words);
}

void step_do_compile(struct step *step, struct step_end *end)
{
    const struct ci_compile_args *args = step->def->args;
    struct compile compile = {0};
    const struct observer observer = {see_line, &compile};
    const struct step_command what = {.command = &args->command, .observer = &observer};
    struct ci_err err;
    int count;

    ci_buf_init(&compile.lines, step->mem);
    if (!warnings_new(args, step->mem, &compile.warnings, &err)) {
        kit_ends(step, end, CI_EXCEPTION, "%s", err.msg);
        return;
    }
    if (!read_suppressions(step, &compile, &err)) {
        kit_ends(step, end, CI_FAILURE, "%s", err.msg);
        return;
    }
    step_run_command(step, &what, NULL, end);
    count = warnings_count(compile.warnings);
    step->warnings = count;
    kit_add_property(step, "warnings-count", count);
    if (count == 0)
        return;
    kit_write(step, ci_mem_printf(step->mem, "warnings (%d)", count), compile.lines.text,
              compile.lines.len);
    judge(step, &compile, end);
}

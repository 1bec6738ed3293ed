/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps that set properties: set_property (a value, or what a command
 * prints), set_properties, set_properties_from_env.
 */
#include "shared/json.h"
#include "step_kit.h"
#include "step_types.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

enum { OUTPUT_BYTES = 1 << 20, GROUPS = 2 };

static const char log_name[] = "property changes";

/* One step's changes. */
struct changes {
    struct step *step;
    size_t count;
    const char *last;
    const char *lost; /* one that could not be set, the log says why; NULL: none */
};

static void set(struct changes *changes, const char *name, json_t *value, const char *source)
{
    struct step *step = changes->step;
    const char *line = ci_mem_printf(step->mem, "%s: %s\n", name, kit_json(step, value));

    if (!step_set_property(step, name, value, source)) {
        changes->lost = name;
        return;
    }
    kit_write(step, log_name, line, strlen(line));
    changes->count++;
    changes->last = name;
}

static void set_text(struct changes *changes, const char *name, const char *text)
{
    json_auto_t *value = json_string(text);

    /* What is no UTF-8 has a place in a log, but not in a property. */
    if (value) {
        set(changes, name, value, changes->step->def->name);
    } else {
        steplog_say(&changes->step->log, "the value for \"%s\" is no UTF-8", name);
        changes->lost = name;
    }
}

static void end_set(struct changes *changes, struct step_end *end)
{
    if (changes->lost)
        step_ends(end, CI_FAILURE, "property \"%.120s\" could not be set", changes->lost);
    else if (changes->count == 1)
        step_ends(end, CI_SUCCESS, "property \"%.120s\" set", changes->last);
    else
        step_ends(end, CI_SUCCESS, "%s set",
                  kit_count(changes->step, changes->count, "property", "properties"));
}

static void set_each(struct changes *changes, json_t *object, const char *source)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value) {
        set(changes, name, value, source);
    }
}

/* ---- from a command ---- */

static char *strip(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text + strspn(text, " \t\r\n\v\f");
}

/* Sets what the pattern finds; false with *end filled when it is no pattern. *found: whether. */
static bool set_matching(struct changes *changes, const char *name, const char *pattern,
                         const char *output, bool *found, struct step_end *end)
{
    const struct ci_set_property_args *args = changes->step->def->args;
    regmatch_t match[GROUPS];
    regex_t regex;
    int code = regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE);

    if (code != 0) {
        kit_ends(changes->step, end, CI_EXCEPTION, "\"%.100s\" is no pattern", pattern);
        return false;
    }
    *found = regexec(&regex, output, GROUPS, match, 0) == 0;
    if (*found) {
        const regmatch_t *part = regex.re_nsub > 0 && match[1].rm_so >= 0 ? &match[1] : &match[0];
        char *text = ci_mem_strndup(changes->step->mem, output + part->rm_so,
                                    (size_t)(part->rm_eo - part->rm_so));

        set_text(changes, name, args->strip ? strip(text) : text);
    } else {
        steplog_say(&changes->step->log, "nothing matches %s", pattern);
    }
    regfree(&regex);
    return true;
}

static void set_patterns(struct changes *changes, const char *output, struct step_end *end)
{
    const struct ci_set_property_args *args = changes->step->def->args;
    bool found;

    for (size_t i = 0; i < args->patterns.count; i++)
        if (!set_matching(changes, args->patterns.items[i].key, args->patterns.items[i].value,
                          output, &found, end))
            return;
    end_set(changes, end);
}

static void set_pattern(struct changes *changes, const char *output, struct step_end *end)
{
    const struct ci_set_property_args *args = changes->step->def->args;
    bool found;

    if (!set_matching(changes, args->property, args->pattern, output, &found, end))
        return;
    if (found)
        end_set(changes, end);
    else
        step_ends(end, CI_FAILURE, "the output does not match \"%.120s\"", args->pattern);
}

static void set_json(struct changes *changes, const char *output, size_t len, struct step_end *end)
{
    const struct ci_set_property_args *args = changes->step->def->args;
    struct step *step = changes->step;
    json_error_t why;
    json_auto_t *value = ci_json_read(output, len, JSON_DECODE_ANY, &why);

    if (!value) {
        kit_ends(step, end, CI_FAILURE, "the output is no JSON: %s", why.text);
        return;
    }
    if (args->property) {
        set(changes, args->property, value, step->def->name);
    } else if (json_is_object(value)) {
        set_each(changes, value, step->def->name);
    } else {
        kit_ends(step, end, CI_FAILURE, "the output is no JSON object");
        return;
    }
    end_set(changes, end);
}

static void set_from_command(struct changes *changes, struct step_end *end)
{
    struct step *step = changes->step;
    const struct ci_set_property_args *args = step->def->args;
    struct ci_buf output;
    const struct step_command what = {
        .command = &args->command, .capture = &output, .capture_max = OUTPUT_BYTES};

    ci_buf_init(&output, step->mem);
    step_run_command(step, &what, NULL, end);
    if (end->result != CI_SUCCESS && end->result != CI_WARNINGS)
        return;
    if (args->json) {
        set_json(changes, output.text, output.len, end);
    } else if (args->patterns.count > 0) {
        set_patterns(changes, output.text, end);
    } else if (args->pattern) {
        set_pattern(changes, output.text, end);
    } else {
        set_text(changes, args->property, args->strip ? strip(output.text) : output.text);
        end_set(changes, end);
    }
}

void step_do_set_property(struct step *step, struct step_end *end)
{
    const struct ci_set_property_args *args = step->def->args;
    struct changes changes = {.step = step};

    if (args->command.text || args->command.argv.count > 0) {
        set_from_command(&changes, end);
        return;
    }
    set(&changes, args->property, args->value, step->def->name);
    end_set(&changes, end);
}

void step_do_set_properties(struct step *step, struct step_end *end)
{
    const struct ci_set_properties_args *args = step->def->args;
    struct changes changes = {.step = step};

    set_each(&changes, args->properties, step->def->name);
    end_set(&changes, end);
}

void step_do_set_properties_from_env(struct step *step, struct step_end *end)
{
    const struct ci_set_properties_from_env_args *args = step->def->args;
    struct changes changes = {.step = step};

    for (size_t i = 0; i < args->variables.count; i++) {
        const char *name = args->variables.items[i], *value = stepenv_get(&step->env, name);
        json_t *before = step_property(step, name);
        json_auto_t *text = value ? json_string(value) : NULL;

        if (!value)
            steplog_say(&step->log, "%s is not in the environment", name);
        else if (text && !json_equal(text, before))
            set(&changes, name, text, "WorkerEnvironment");
    }
    end_set(&changes, end);
}

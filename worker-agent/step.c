/* SPDX-License-Identifier: Apache-2.0 */
/* What all types of steps have in common. */
#include "step.h"

#include "shared/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void step_ends(struct step_end *end, enum ci_result result, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(end->state, sizeof(end->state), fmt, args);
    va_end(args);
    end->result = result;
}

static void say_time(struct step *step, const char *what, const struct outcome *outcome)
{
    steplog_say(&step->log, "%s, %" PRId64 ".%03d s", what, outcome->elapsed.us / 1000000,
                (int)(outcome->elapsed.us % 1000000 / 1000));
}

/* What the recipe makes of an exit code; decode_rc names them all, or none. */
static enum ci_result result_of(const struct ci_step *def, int code)
{
    enum ci_result result = CI_FAILURE;
    char key[16];
    const char *name;

    if (def->decode_rc.count == 0)
        return code == 0 ? CI_SUCCESS : CI_FAILURE;
    snprintf(key, sizeof(key), "%d", code);
    name = ci_kvs_get(def->decode_rc, key);
    for (int i = 0; name && i < CI_RESULT_COUNT; i++)
        if (strcasecmp(ci_result_name(i), name) == 0)
            result = (enum ci_result)i;
    return result;
}

static void judge_exit(struct step *step, const struct outcome *outcome, struct step_end *end)
{
    enum ci_result result = result_of(step->def, outcome->code);
    char text[64];

    snprintf(text, sizeof(text), "exit code %d", outcome->code);
    say_time(step, text, outcome);
    if (result == CI_SUCCESS)
        step_ends(end, result, "finished");
    else
        step_ends(end, result, "%s (%s)",
                  result == CI_FAILURE ? "failed" : ci_result_name((int)result), text);
}

static void judge_signal(struct step *step, const struct outcome *outcome, struct step_end *end)
{
    char text[64];

    snprintf(text, sizeof(text), "killed by signal %d", outcome->code);
    say_time(step, text, outcome);
    step_ends(end, CI_FAILURE, "%s", text);
}

/* The user's mistake fails the step; what is wrong with this machine is an exception. */
static void judge_start(struct step *step, const struct command *command,
                        const struct outcome *outcome, struct step_end *end)
{
    bool users = outcome->code == ENOENT || outcome->code == EACCES || outcome->code == ENOEXEC ||
                 outcome->code == E2BIG || outcome->code == ENOTDIR;

    steplog_say(&step->log, "%s: %s", command->argv[0], outcome->text);
    step_ends(end, users ? CI_FAILURE : CI_EXCEPTION, "%s", outcome->text);
}

void step_judge(struct step *step, const struct command *command, const struct outcome *outcome,
                struct step_end *end)
{
    switch (outcome->ending) {
    case ENDED_EXIT:
        judge_exit(step, outcome, end);
        return;
    case ENDED_SIGNAL:
        judge_signal(step, outcome, end);
        return;
    case ENDED_SILENT:
        say_time(step, "timed out", outcome);
        step_ends(end, CI_FAILURE, "timed out (no output for %" PRId64 " s)",
                  command->timeout.us / 1000000);
        return;
    case ENDED_TOO_LONG:
        say_time(step, "timed out", outcome);
        step_ends(end, CI_FAILURE, "timed out (longer than %" PRId64 " s)",
                  command->max_time.us / 1000000);
        return;
    case ENDED_TOO_MUCH:
        say_time(step, "stopped", outcome);
        step_ends(end, CI_FAILURE, "failed (more than %d lines)", command->max_lines);
        return;
    case ENDED_CANCELLED:
        say_time(step, "cancelled", outcome);
        step_ends(end, CI_CANCELLED, "cancelled");
        return;
    case ENDED_NOT_STARTED:
        judge_start(step, command, outcome, end);
        return;
    case ENDED_LOST:
        steplog_say(&step->log, "%s", outcome->text);
        step_ends(end, CI_EXCEPTION, "%s", outcome->text);
        return;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The `run` step: a text for the shell, or a list of arguments. */
#include "step_types.h"

#include <string.h>

static void say_argv(struct step *step, const char *const *argv)
{
    struct ci_buf line;

    ci_buf_init(&line, step->mem);
    for (size_t i = 0; argv[i]; i++)
        ci_buf_printf(&line,
                      strpbrk(argv[i], " \t\n\"'$\\;&|<>()*?") || !*argv[i] ? "%s'%s'" : "%s%s",
                      i > 0 ? " " : "", argv[i]);
    steplog_say(&step->log, "%s", line.text);
}

/* What the step adds to the environment; of secrets only that they are there. */
static void say_env(struct step *step)
{
    struct ci_kvs env = step->def->env;

    for (size_t i = 0; i < env.count; i++) {
        const char *key = env.items[i].key, *value = stepenv_get(&step->env, key);

        if (!value)
            steplog_say(&step->log, "  without %s", key);
        else
            steplog_say(&step->log, "  %s=%s", key, stepenv_is_secret(key) ? "(hidden)" : value);
    }
}

static const char *const *arguments(struct step *step)
{
    const struct ci_run_args *args = step->def->args;
    struct ci_command given = args->command;
    size_t count = given.text ? 3 : given.argv.count;
    const char **argv = ci_mem_array(step->mem, const char *, count + 1);

    if (given.text) {
        argv[0] = "/bin/sh";
        argv[1] = "-c";
        argv[2] = given.text;
    } else if (count > 0) {
        memcpy(argv, given.argv.items, count * sizeof(*argv));
    }
    return argv;
}

void step_do_run(struct step *step, struct step_end *end)
{
    const struct ci_run_args *args = step->def->args;
    const char *const *argv = arguments(step);
    struct command command = step_command(step, argv);
    struct outcome outcome = {0};

    if (!argv[0] || !*argv[0]) {
        step_ends(end, CI_EXCEPTION, "no command to run");
        return;
    }
    if (args->command.text)
        steplog_say(&step->log, "%s", args->command.text);
    else
        say_argv(step, argv);
    steplog_say(&step->log, "  in %s", step->dir);
    say_env(step);
    exec_command(step->worker, &step->log, &command, &outcome);
    step_judge(step, &command, &outcome, end);
}

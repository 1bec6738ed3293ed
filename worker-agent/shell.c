/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of steps: the shell's or a list of arguments, shown as they can be typed. */
#include "shell.h"

#include "steplogs.h"

#include <signal.h>
#include <string.h>

const char *const *shell_argv(void *mem, const char *text)
{
    const char **argv = ci_mem_array(mem, const char *, 4);

    argv[0] = "/bin/sh";
    argv[1] = "-c";
    argv[2] = text;
    return argv;
}

static const char *const *list_argv(void *mem, struct ci_strs given)
{
    const char **argv = ci_mem_array(mem, const char *, given.count + 1);

    if (given.count > 0)
        memcpy(argv, given.items, given.count * sizeof(*argv));
    return argv;
}

static int signal_of(const char *name)
{
    static const struct {
        const char *name;
        int signal;
    } signals[] = {
        {"KILL", SIGKILL},
        {"INT",  SIGINT },
        {"TERM", SIGTERM},
        {"QUIT", SIGQUIT},
        {"HUP",  SIGHUP },
    };

    for (size_t i = 0; name && i < CI_COUNT(signals); i++)
        if (strcmp(signals[i].name, name) == 0)
            return signals[i].signal;
    return SIGKILL;
}

struct command step_command(struct step *step, const char *const *argv)
{
    return (struct command){
        .argv = argv,
        .env = stepenv_list(&step->env),
        .dir = step->dir,
        .timeout = step->def->timeout,
        .max_time = step->def->max_time,
        .sigterm_time = step->def->sigterm_time,
        .interrupt = signal_of(step->def->interrupt_signal),
    };
}

struct command shell_command(struct step *step, const struct ci_command *given)
{
    struct command command = step_command(step, given->text ? shell_argv(step->mem, given->text)
                                                            : list_argv(step->mem, given->argv));

    command.max_lines = step->def->max_lines;
    command.use_pty = step->def->use_pty;
    command.input = step->def->initial_stdin;
    return command;
}

static bool is_shell(const char *const *argv)
{
    return strcmp(argv[0], "/bin/sh") == 0 && argv[1] && strcmp(argv[1], "-c") == 0 && argv[2] &&
           !argv[3];
}

static const char *line_of(void *mem, const char *const *argv)
{
    struct ci_buf line;

    if (is_shell(argv))
        return argv[2];
    ci_buf_init(&line, mem);
    for (size_t i = 0; argv[i]; i++)
        ci_buf_printf(&line,
                      strpbrk(argv[i], " \t\n\"'$\\;&|<>()*?") || !*argv[i] ? "%s'%s'" : "%s%s",
                      i > 0 ? " " : "", argv[i]);
    return line.text;
}

/* What the step adds to the environment; of secrets only that they are there. */
static void say_added(struct step *step)
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

static void say_whole(struct step *step)
{
    for (size_t i = 0; i < step->env.count; i++) {
        const char *item = step->env.items[i];
        size_t len = strcspn(item, "=");
        const char *key = ci_mem_strndup(step->mem, item, len);

        steplog_say(&step->log, "  %s=%s", key,
                    stepenv_is_secret(key) ? "(hidden)" : item + len + 1);
    }
}

void shell_say(struct step *step, const struct command *command)
{
    steplog_say(&step->log, "%s", line_of(step->mem, command->argv));
    steplog_say(&step->log, "  in %s", command->dir);
    if (step->def->log_environ)
        say_whole(step);
    else
        say_added(step);
}

void step_run_command(struct step *step, const struct step_command *what, struct outcome *outcome,
                      struct step_end *end)
{
    struct command command = shell_command(step, what->command);
    struct outcome here = {0};

    if (!command.argv[0] || !*command.argv[0]) {
        here.ending = ENDED_NOT_STARTED;
        step_ends(end, CI_EXCEPTION, "no command to run");
    } else {
        command.capture = what->capture;
        command.capture_max = what->capture_max;
        command.observer = what->observer;
        command.follows = steplogs_follow(step);
        shell_say(step, &command);
        exec_command(step->worker, what->log ? what->log : &step->log, &command, &here);
        step_judge(step, &command, &here, end);
    }
    if (outcome)
        *outcome = here;
}

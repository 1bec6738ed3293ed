/* SPDX-License-Identifier: Apache-2.0 */
/* One git command at a time. */
#include "git.h"

#include "shared/clock.h"

#include <string.h>

/* The auto gc must not go on in the background: what a step leaves behind is killed. */
static const char *const always[] = {"git",
                                     "-c",
                                     "gc.autoDetach=false",
                                     "-c",
                                     "maintenance.autoDetach=false",
                                     "-c",
                                     "advice.detachedHead=false",
                                     "-c",
                                     "init.defaultBranch=main"};

char *git_show_url(void *mem, const char *url)
{
    const char *host = strstr(url, "://"), *at, *colon;

    if (!host)
        return ci_mem_strdup(mem, url);
    host += 3;
    at = memchr(host, '@', strcspn(host, "/"));
    colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
    if (!colon)
        return ci_mem_strdup(mem, url);
    return ci_mem_printf(mem, "%.*s:***%s", (int)(colon - url), url, at);
}

bool git_is_full_hash(const char *revision)
{
    size_t digits = strspn(revision, "0123456789abcdef");

    return (digits == 40 || digits == 64) && revision[digits] == '\0';
}

void git_prepare(struct git *git)
{
    static const char *const foreign[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
                                          "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"};
    struct step *step = git->step;

    for (size_t i = 0; i < CI_COUNT(foreign); i++)
        stepenv_set(&step->env, foreign[i], NULL);
    stepenv_set(&step->env, "GIT_TERMINAL_PROMPT", "0");
    /* A broken .git here must never make git take a repository further up for ours. */
    stepenv_set(&step->env, "GIT_CEILING_DIRECTORIES",
                ci_mem_printf(step->mem, "%s:%s/..:%s/..", step->folder, step->folder, step->dir));
    git->begin = ci_mono_now();
}

static void say(struct git *git, const char *const *args)
{
    struct step *step = git->step;
    struct ci_buf line;

    ci_buf_init(&line, step->mem);
    ci_buf_puts(&line, "git");
    for (; *args; args++)
        ci_buf_printf(&line, " %s", git_show_url(step->mem, *args));
    steplog_say(&step->log, "%s", line.text);
}

/* What is left of the whole step's time for one more command. */
static struct ci_dur time_left(const struct git *git)
{
    int64_t all = git->step->def->max_time.us;
    int64_t left = all - ci_mono_since(ci_mono_now(), git->begin).us;

    if (all == 0)
        return (struct ci_dur){0};
    return (struct ci_dur){left > 0 ? left : 1};
}

enum git_word git_do(struct git *git, const char *const *args, struct ci_buf *capture)
{
    struct step *step = git->step;
    size_t count = 0;
    const char **argv;
    struct command command;
    struct outcome outcome = {0};

    while (args[count])
        count++;
    argv = ci_mem_array(step->mem, const char *, CI_COUNT(always) + count + 1);
    memcpy(argv, always, sizeof(always));
    memcpy(argv + CI_COUNT(always), args, count * sizeof(*argv));
    command = step_command(step, argv);
    command.max_time = time_left(git);
    command.capture = capture;
    say(git, args);
    exec_command(step->worker, &step->log, &command, &outcome);
    if (outcome.ending == ENDED_EXIT)
        return outcome.code == 0 ? GIT_DONE : GIT_REFUSED;
    step_judge(step, &command, &outcome, git->end);
    return GIT_OVER;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The `repository_steps` step: takes the repository's own steps into the build. */
#include "job.h"
#include "shared/config.h"
#include "step_types.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 4 << 20, MOST_STEPS = 1000 /* the builder takes no more */ };

/* False: it is not there (or can't be read: errno). */
static bool read_file(const char *path, struct ci_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char piece[16 << 10];
    ssize_t n;

    if (fd < 0)
        return false;
    while ((n = read(fd, piece, sizeof(piece))) > 0 && out->len <= LARGEST)
        ci_buf_add(out, piece, (size_t)n);
    close(fd);
    return n >= 0;
}

static struct ci_strs names_of(const struct job *job, void *mem)
{
    const char **names = ci_mem_array(mem, const char *, job->step_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < job->step_count; i++)
        if (job->steps[i]->name)
            names[count++] = job->steps[i]->name;
    return (struct ci_strs){names, count};
}

static void say_problems(struct step *step, const char *path, struct ci_list problems)
{
    CI_FOREACH(const struct ci_problem, problem, problems)
        steplog_say(&step->log, "%s:%d:%d: %s", path, problem->line, problem->column,
                    problem->message);
}

void step_do_repository_steps(struct step *step, struct step_end *end)
{
    const struct ci_repository_steps_args *args = step->def->args;
    const char *name = args->path ? args->path : ".slipway.yml";
    const char *path = ci_mem_printf(step->mem, "%s/%s", step->dir, name);
    struct ci_buf text;
    struct ci_list steps, problems;

    ci_buf_init(&text, step->mem);
    if (!read_file(path, &text) && errno == ENOENT) {
        steplog_say(&step->log, "the repository has no %s", name);
        step_ends(end, CI_SUCCESS, "no %.150s", name);
    } else if (text.len == 0 || text.len > LARGEST) {
        steplog_say(&step->log, "%s can't be read, is empty or larger than 4 MiB", name);
        step_ends(end, CI_FAILURE, "%.150s can't be read", name);
    } else if (!ci_config_parse_repository(name, text.text, text.len,
                                           names_of(step->job, step->mem), step_build_mem(step),
                                           &steps, &problems)) {
        say_problems(step, name, problems);
        step_ends(end, CI_FAILURE, "%zu problem%s in %.100s", problems.count,
                  problems.count == 1 ? "" : "s", name);
    } else if (steps.count > MOST_STEPS) {
        steplog_say(&step->log, "%s has more than %d steps", name, MOST_STEPS);
        step_ends(end, CI_FAILURE, "more than %d steps in %.100s", MOST_STEPS, name);
    } else {
        step_add_steps(step, steps);
        step_ends(end, CI_SUCCESS, "%zu step%s from %.150s", steps.count,
                  steps.count == 1 ? "" : "s", name);
    }
}

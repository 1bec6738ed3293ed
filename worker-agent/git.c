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
    const char *dir = git->dir ? git->dir : step->dir;

    for (size_t i = 0; i < CI_COUNT(foreign); i++)
        stepenv_set(&step->env, foreign[i], NULL);
    stepenv_set(&step->env, "GIT_TERMINAL_PROMPT", "0");
    /* A broken .git here must never make git take a repository further up for ours. */
    stepenv_set(&step->env, "GIT_CEILING_DIRECTORIES",
                ci_mem_printf(step->mem, "%s:%s/..:%s/..", step->folder, step->folder, dir));
    git->begin = ci_mono_now();
}

enum vcs_word git_do(struct git *git, const char *const *args, struct ci_buf *capture)
{
    struct step *step = git->step;
    size_t given = 0, count = CI_COUNT(always);
    const char **argv;

    while (args[given])
        given++;
    argv = ci_mem_array(step->mem, const char *, count + 2 * git->config.count + given + 1);
    memcpy(argv, always, sizeof(always));
    for (size_t i = 0; i < git->config.count; i++) {
        const struct ci_pair_kv *item = &git->config.items[i];

        argv[count++] = "-c";
        argv[count++] =
            ci_mem_printf(step->mem, "%s=%s", item->key, item->value ? item->value : "");
    }
    memcpy(argv + count, args, given * sizeof(*argv));
    return vcs_run(&(struct vcs_run){
        .step = step,
        .end = git->end,
        .dir = git->dir,
        .begin = git->begin,
        .argv = argv,
        .unsaid = count - 1,
        .capture = capture,
    });
}

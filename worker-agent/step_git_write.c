/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps `git_commit` and `git_tag`, in the working folder that a git step
 * has made. It stands on no branch, so commits belong to HEAD until they are
 * pushed somewhere (step_git_push.c).
 */
#include "step_git_write.h"

#include "git.h"
#include "step_kit.h"
#include "step_types.h"

#include <string.h>

void git_words_init(struct git_words *words, void *mem, const char *command)
{
    *words = (struct git_words){.mem = mem, .cap = 16};
    words->items = ci_mem_array(mem, const char *, words->cap);
    git_words_add(words, command);
}

void git_words_add(struct git_words *words, const char *word)
{
    if (words->count + 1 == words->cap) {
        const char **longer = ci_mem_array(words->mem, const char *, words->cap * 2);

        memcpy(longer, words->items, words->count * sizeof(*longer));
        words->items = longer;
        words->cap *= 2;
    }
    words->items[words->count++] = word;
}

static void add_messages(struct git_words *words, struct ci_strs messages)
{
    for (size_t i = 0; i < messages.count; i++) {
        git_words_add(words, "-m");
        git_words_add(words, messages.items[i]);
    }
}

/* Runs it; false with the step's end filled when git says no. */
static bool must(struct git *git, const struct git_words *words, const char *what)
{
    enum vcs_word word = git_do(git, words->items, NULL);

    if (word == VCS_REFUSED)
        kit_ends(git->step, git->end, CI_FAILURE, "%s", what);
    return word == VCS_DONE;
}

/* ---- git_commit ---- */

static bool add_paths(struct git *git, struct ci_strs paths)
{
    struct git_words words;

    git_words_init(&words, git->step->mem, "add");
    git_words_add(&words, "--");
    for (size_t i = 0; i < paths.count; i++)
        git_words_add(&words, paths.items[i]);
    return must(git, &words, "could not add the files");
}

static bool commit(struct git *git, const struct ci_git_commit_args *args, bool empty)
{
    struct git_words words;

    git_words_init(&words, git->step->mem, "commit");
    if (args->no_verify)
        git_words_add(&words, "--no-verify");
    if (empty)
        git_words_add(&words, "--allow-empty");
    add_messages(&words, args->messages);
    return must(git, &words, "could not commit");
}

void step_do_git_commit(struct step *step, struct step_end *end)
{
    const struct ci_git_commit_args *args = step->def->args;
    const char *when_empty = args->empty_commits ? args->empty_commits : "disallow";
    struct git git = {.step = step, .end = end, .config = args->config};
    enum vcs_word changed;

    git_prepare(&git);
    if (!add_paths(&git, args->paths))
        return;
    changed = git_do_args(&git, NULL, "diff", "--cached", "--quiet");
    if (changed == VCS_OVER)
        return;
    if (changed == VCS_DONE && strcmp(when_empty, "ignore") == 0)
        kit_ends(step, end, CI_SUCCESS, "nothing to commit");
    else if (changed == VCS_DONE && strcmp(when_empty, "create") != 0)
        kit_ends(step, end, CI_FAILURE, "nothing to commit");
    else if (commit(&git, args, changed == VCS_DONE))
        step_ends(end, CI_SUCCESS, "committed");
}

/* ---- git_tag ---- */

void step_do_git_tag(struct step *step, struct step_end *end)
{
    const struct ci_git_tag_args *args = step->def->args;
    struct git git = {.step = step, .end = end, .config = args->config};
    struct git_words words;

    if (*args->tag == '-' || *args->tag == '\0') {
        kit_ends(step, end, CI_FAILURE, "\"%.100s\" is no name of a tag", args->tag);
        return;
    }
    git_prepare(&git);
    git_words_init(&words, step->mem, "tag");
    if (args->annotated)
        git_words_add(&words, "--annotate");
    if (args->force)
        git_words_add(&words, "--force");
    add_messages(&words, args->messages);
    git_words_add(&words, args->tag);
    if (must(&git, &words, "could not make the tag"))
        step_ends(end, CI_SUCCESS, "tagged %.150s", args->tag);
}

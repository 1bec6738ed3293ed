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

void git_words_init(struct git_words *words, void *mem, struct ci_kvs config)
{
    words->mem = mem;
    words->cap = config.count * 2 + 16;
    words->items = ci_mem_array(mem, const char *, words->cap);
    words->count = 0;
    for (size_t i = 0; i < config.count; i++) {
        const char *value = config.items[i].value;

        git_words_add(words, "-c");
        git_words_add(words, ci_mem_printf(mem, "%s=%s", config.items[i].key, value ? value : ""));
    }
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
    enum git_word word = git_do(git, words->items, NULL);

    if (word == GIT_REFUSED)
        kit_ends(git->step, git->end, CI_FAILURE, "%s", what);
    return word == GIT_DONE;
}

/* ---- git_commit ---- */

static bool add_paths(struct git *git, struct ci_strs paths)
{
    struct git_words words;

    git_words_init(&words, git->step->mem, (struct ci_kvs){NULL, 0});
    git_words_add(&words, "add");
    git_words_add(&words, "--");
    for (size_t i = 0; i < paths.count; i++)
        git_words_add(&words, paths.items[i]);
    return must(git, &words, "could not add the files");
}

static bool commit(struct git *git, const struct ci_git_commit_args *args, bool empty)
{
    struct git_words words;

    git_words_init(&words, git->step->mem, args->config);
    git_words_add(&words, "commit");
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
    struct git git = {.step = step, .end = end};
    enum git_word changed;

    git_prepare(&git);
    if (!add_paths(&git, args->paths))
        return;
    changed = git_do_args(&git, NULL, "diff", "--cached", "--quiet");
    if (changed == GIT_OVER)
        return;
    if (changed == GIT_DONE && strcmp(when_empty, "ignore") == 0)
        kit_ends(step, end, CI_SUCCESS, "nothing to commit");
    else if (changed == GIT_DONE && strcmp(when_empty, "create") != 0)
        kit_ends(step, end, CI_FAILURE, "nothing to commit");
    else if (commit(&git, args, changed == GIT_DONE))
        step_ends(end, CI_SUCCESS, "committed");
}

/* ---- git_tag ---- */

void step_do_git_tag(struct step *step, struct step_end *end)
{
    const struct ci_git_tag_args *args = step->def->args;
    struct git git = {.step = step, .end = end};
    struct git_words words;

    if (*args->tag == '-' || *args->tag == '\0') {
        kit_ends(step, end, CI_FAILURE, "\"%.100s\" is no name of a tag", args->tag);
        return;
    }
    git_prepare(&git);
    git_words_init(&words, step->mem, args->config);
    git_words_add(&words, "tag");
    if (args->annotated)
        git_words_add(&words, "--annotate");
    if (args->force)
        git_words_add(&words, "--force");
    add_messages(&words, args->messages);
    git_words_add(&words, args->tag);
    if (must(&git, &words, "could not make the tag"))
        step_ends(end, CI_SUCCESS, "tagged %.150s", args->tag);
}

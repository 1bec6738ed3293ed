/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applying a patch: `git apply` where there is a git repository, which knows
 * binary files; else `patch`. What did not fit stands in the log.
 */
#include "patch.h"

#include "below.h"
#include "folder.h"
#include "step_kit.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REJECTS_MAX = 1 << 20, NAMES_MAX = 64 << 10, LEVEL_MAX = 100 };

struct patch {
    struct checkout *checkout;
    const char *folder; /* a temporary one, with the patch and what it left */
    const char *file;
    const char *dir; /* where it is applied */
    const char *subdir;
    const char *level; /* "-p1" */
};

/* The log shows in which words the patch failed. */
static void show_rejects(struct patch *patch, const char *dir, const char *name)
{
    struct step *step = patch->checkout->step;
    struct ci_bytes text;
    struct ci_err err;

    if (!below_read(dir, name, REJECTS_MAX, step->mem, &text, &err) || text.len == 0)
        return;
    steplog_say(&step->log, "rejected (%s):", name);
    kit_write(step, NULL, (const char *)text.data, text.len);
}

static enum vcs_word run(struct patch *patch, const char *const *argv, struct ci_buf *capture)
{
    return vcs_run(&(struct vcs_run){
        .step = patch->checkout->step,
        .end = patch->checkout->end,
        .dir = patch->dir,
        .begin = patch->checkout->begin,
        .argv = argv,
        .capture = capture,
        .capture_max = capture ? NAMES_MAX : 0,
    });
}

/* A second, partial try tells which pieces don't fit; the next build cleans up. */
static enum vcs_word show_git_rejects(struct patch *patch, const char *directory)
{
    struct step *step = patch->checkout->step;
    const char *apply[] = {"git",      "apply", patch->level, directory, "--whitespace=nowarn",
                           "--reject", "--",    patch->file,  NULL};
    const char *list[] = {"git", "ls-files", "--others", "--", "*.rej", NULL};
    struct ci_buf names;
    char *rest = NULL;

    ci_buf_init(&names, step->mem);
    if (run(patch, apply, NULL) == VCS_OVER || run(patch, list, &names) == VCS_OVER)
        return VCS_OVER;
    for (char *name = strtok_r(names.text, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
        show_rejects(patch, patch->dir, name);
    return VCS_REFUSED;
}

/* In the index too: the next checkout removes the files that the patch has added. */
static enum vcs_word apply_by_git(struct patch *patch)
{
    const char *directory = ci_mem_printf(patch->checkout->step->mem, "--directory=%s",
                                          strcmp(patch->subdir, ".") == 0 ? "" : patch->subdir);
    /* A copy has other times than its index knows. */
    const char *refresh[] = {"git", "update-index", "-q", "--refresh", NULL};
    const char *argv[] = {"git",     "apply", patch->level, directory, "--whitespace=nowarn",
                          "--index", "--",    patch->file,  NULL};
    enum vcs_word word = run(patch, refresh, NULL);

    if (word != VCS_OVER)
        word = run(patch, argv, NULL);
    return word == VCS_REFUSED ? show_git_rejects(patch, directory) : word;
}

static enum vcs_word apply_by_patch(struct patch *patch)
{
    void *mem = patch->checkout->step->mem;
    const char *input = ci_mem_printf(mem, "--input=%s", patch->file);
    const char *rejects = ci_mem_printf(mem, "--reject-file=%s/rejects", patch->folder);
    const char *argv[] = {"patch",   patch->level, "--remove-empty-files",
                          "--force", "--forward",  "--no-backup-if-mismatch",
                          rejects,   input,        NULL};
    enum vcs_word word;

    patch->dir = ci_mem_printf(mem, "%s/%s", patch->dir, patch->subdir);
    word = run(patch, argv, NULL);
    if (word == VCS_REFUSED)
        show_rejects(patch, patch->folder, "rejects");
    return word;
}

static bool write_body(struct patch *patch, const char *body, struct ci_err *err)
{
    void *mem = patch->checkout->step->mem;
    size_t len = strlen(body), size;
    unsigned char *bytes = ci_mem_alloc(mem, len / 4 * 3 + 3);
    const char *end;

    if (sodium_base642bin(bytes, len / 4 * 3 + 3, body, len, " \r\n", &size, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        *end != '\0')
        return ci_fail(err, CI_EINVALID, "the patch is not valid base64");
    patch->file = ci_mem_printf(mem, "%s/patch", patch->folder);
    return vcs_write_secret(patch->file, bytes, size, 0600, err);
}

static bool read_level(struct patch *patch, const json_t *level, struct ci_err *err)
{
    json_int_t value = level ? json_integer_value(level) : 1;

    if ((level && !json_is_integer(level)) || value < 0 || value > LEVEL_MAX)
        return ci_fail(err, CI_EINVALID, "the patch has no level from 0 to %d", LEVEL_MAX);
    patch->level = ci_mem_printf(patch->checkout->step->mem, "-p%d", (int)value);
    return true;
}

/* Writes the patch where programs can read it. */
static bool prepare(struct patch *patch, const json_t *json, struct ci_err *err)
{
    struct step *step = patch->checkout->step;
    const char *body = json_string_value(json_object_get(json, "body"));
    const char *subdir = json_string_value(json_object_get(json, "subdir"));
    char *path = ci_mem_printf(step->mem, "%s/tmp/patch-XXXXXX", step->folder);

    subdir = subdir && *subdir ? subdir : ".";
    if (!body)
        return ci_fail(err, CI_EINVALID, "the patch has no body");
    if (!below_normal(step->mem, subdir, &patch->subdir, err) ||
        !read_level(patch, json_object_get(json, "level"), err))
        return false;
    if (!mkdtemp(path))
        return ci_fail(err, CI_EUNAVAILABLE, "could not create folder %s: %s", path,
                       strerror(errno));
    patch->folder = path;
    return write_body(patch, body, err);
}

/* Before the first change: a build that is killed leaves its mark too. */
static bool mark(struct patch *patch, struct ci_err *err)
{
    const char *path = checkout_file(patch->checkout, PATCH_MARK);

    return access(path, F_OK) == 0 || vcs_write_secret(path, "", 0, 0600, err);
}

static void apply(struct patch *patch)
{
    struct checkout *checkout = patch->checkout;
    struct step_end before = *checkout->end;
    enum vcs_word word =
        checkout->vcs->applies_patches ? apply_by_git(patch) : apply_by_patch(patch);

    if (word == VCS_REFUSED)
        checkout_fails(checkout, "patch does not apply");
    else if (word == VCS_DONE)
        step_ends(checkout->end, before.result, "%.150s, patched", before.state);
}

static void say_patch(struct patch *patch, const json_t *json)
{
    const char *author = json_string_value(json_object_get(json, "author"));
    const char *comment = json_string_value(json_object_get(json, "comment"));

    author = author ? author : "";
    comment = comment ? comment : "";
    steplog_say(&patch->checkout->step->log, "applying the patch%s%s%s%s", *author ? " of " : "",
                author, *comment ? ": " : "", comment);
}

void patch_apply(struct checkout *checkout)
{
    const json_t *json = checkout->from->patch;
    struct patch patch = {.checkout = checkout, .dir = checkout->dir};
    struct ci_err err;

    say_patch(&patch, json);
    if (prepare(&patch, json, &err) && mark(&patch, &err))
        apply(&patch);
    else
        kit_ends(checkout->step, checkout->end, CI_FAILURE, "%s", err.msg);
    if (patch.folder && !folder_remove(patch.folder, &err))
        steplog_say(&checkout->step->log, "%s", err.msg);
}

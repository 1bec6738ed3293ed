/* SPDX-License-Identifier: Apache-2.0 */
/* Steps about files below the step's folder: mkdir, rmdir, file_exists, write_file. */
#include "below.h"
#include "folder.h"
#include "job.h"
#include "shared/file.h"
#include "step_kit.h"
#include "step_types.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Does one path; `path` is normal. */
typedef bool path_work(struct step *step, int root, const char *path, struct ci_err *err);

/* A form of a missing property is an empty text, and must not mean the whole working folder. */
static bool is_named(const char *path, struct ci_err *err)
{
    return *path || ci_fail(err, CI_EINVALID, "a path is empty; \".\" is the working folder");
}

static void for_each_path(struct step *step, path_work *work, const char *done,
                          struct step_end *end)
{
    const struct ci_paths_args *args = step->def->args;
    struct ci_err err;
    CI_CLEANUP(below_close) int root = below_root(step->dir, &err);

    for (size_t i = 0; root >= 0 && i < args->paths.count; i++) {
        const char *path;

        if (!is_named(args->paths.items[i], &err) ||
            !below_normal(step->mem, args->paths.items[i], &path, &err) ||
            !work(step, root, path, &err)) {
            kit_fails(step, end, &err);
            return;
        }
        steplog_say(&step->log, "%s %s", done, path);
    }
    if (root < 0)
        kit_fails(step, end, &err);
    else if (args->paths.count == 1)
        step_ends(end, CI_SUCCESS, "%s %.150s", done, args->paths.items[0]);
    else
        step_ends(end, CI_SUCCESS, "%s %s", done,
                  kit_count(step, args->paths.count, "path", "paths"));
}

static bool make(struct step *step, int root, const char *path, struct ci_err *err)
{
    (void)step;
    return below_make(root, path, err);
}

void step_do_mkdir(struct step *step, struct step_end *end)
{
    for_each_path(step, make, "created", end);
}

/* The step's own folder stays, for the next steps begin in it. */
static bool remove_path(struct step *step, int root, const char *path, struct ci_err *err)
{
    CI_CLEANUP(below_close) int parent = -1;
    const char *name;

    if (strcmp(path, ".") == 0)
        return folder_empty(step->dir, err);
    parent = below_parent(root, path, &name);
    if (parent < 0)
        return errno == ENOENT || below_fail(err, "remove", path);
    return folder_remove_at(parent, name, err);
}

void step_do_rmdir(struct step *step, struct step_end *end)
{
    for_each_path(step, remove_path, "removed", end);
}

static bool exists(struct step *step, int root, const char *path, struct ci_err *err)
{
    CI_CLEANUP(below_close) int fd = below_open(root, path, O_PATH, 0);
    struct stat info;

    (void)step;
    if (fd < 0 || fstat(fd, &info) != 0)
        return errno == ENOENT ? ci_fail(err, CI_ENOTFOUND, "there is no %s", path)
                               : below_fail(err, "find", path);
    return S_ISREG(info.st_mode) || ci_fail(err, CI_EINVALID, "%s is no file", path);
}

void step_do_file_exists(struct step *step, struct step_end *end)
{
    for_each_path(step, exists, "found", end);
}

/* ---- write_file ---- */

/* As Buildbot's JSONPropertiesDownload has it: names and values, without their sources. */
static json_t *describe_build(struct step *step)
{
    json_t *values = json_object();
    const char *name;
    json_t *pair;

    json_object_foreach(step->scope->properties, name, pair) {
        json_object_set(values, name, json_array_get(pair, 0));
    }
    return json_pack("{s:o, s:O}", "properties", values, "sourcestamps", step->scope->sources);
}

static const char *content_of(struct step *step)
{
    const struct ci_write_file_args *args = step->def->args;
    json_t *json = args->properties ? ci_mem_json(step->mem, describe_build(step)) : args->json;
    char *text, *copy;

    if (!json)
        return args->content ? args->content : "";
    text = json_dumps(json, JSON_INDENT(4) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (!text)
        abort(); /* no memory */
    copy = ci_mem_printf(step->mem, "%s\n", text);
    free(text);
    return copy;
}

/* Whoever reads meanwhile sees the old file or the new one. */
static bool replace(int root, const char *path, const char *text, int mode, struct ci_err *err)
{
    CI_CLEANUP(below_close) int parent = -1, fd = -1;
    const char *name, *temporary;
    CI_AUTO_MEM mem = ci_mem_new();

    if (strchr(path, '/') &&
        !below_make(root, ci_mem_strndup(mem, path, (size_t)(strrchr(path, '/') - path)), err))
        return false;
    parent = below_parent(root, path, &name);
    if (parent < 0)
        return below_fail(err, "open the folder of", path);
    temporary = ci_mem_printf(mem, ".%.200s.part", name);
    unlinkat(parent, temporary, 0);
    fd = openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || !ci_write_all(fd, (struct ci_bytes){text, strlen(text)}) ||
        fchmod(fd, (mode_t)mode) != 0 || renameat(parent, temporary, parent, name) != 0) {
        below_fail(err, "write", path);
        unlinkat(parent, temporary, 0);
        return false;
    }
    return true;
}

void step_do_write_file(struct step *step, struct step_end *end)
{
    const struct ci_write_file_args *args = step->def->args;
    const char *text = content_of(step), *path;
    struct ci_err err;
    CI_CLEANUP(below_close) int root = below_root(step->dir, &err);

    if (root < 0 || !below_normal(step->mem, args->path, &path, &err) ||
        !replace(root, path, text, kit_mode(args->mode, 0644), &err))
        kit_fails(step, end, &err);
    else
        kit_ends(step, end, CI_SUCCESS, "wrote %s, %s", path,
                 kit_count(step, strlen(text), "byte", "bytes"));
}

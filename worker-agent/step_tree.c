/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that walk through whole folders: copy and tree_size. */
#include "below.h"
#include "hash.h"
#include "shared/clock.h"
#include "step_kit.h"
#include "step_types.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 256, COPY_BYTES = 64 << 10 };

/* A file of several names, which counts once. */
struct linked {
    struct {
        dev_t device;
        ino_t inode;
    } id;
    UT_hash_handle hh;
};

struct tree {
    struct step *step;
    void *mem;
    struct ci_mono begin;
    int64_t blocks; /* of 512 bytes; tree_size */
    struct linked *linked;
    size_t files; /* copied */
};

/* What is in the folder, each name with its NUL; the folder is closed again. */
static bool read_names(int parent, const char *name, struct ci_buf *names)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;

    if (!dir) {
        below_close(&fd);
        return false;
    }
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ci_buf_add(names, entry->d_name, strlen(entry->d_name) + 1);
    closedir(dir);
    return true;
}

/* ---- tree_size: as `du -s -k` counts ---- */

/* Whether it is a further name of a file that was met before. */
/* NOLINTNEXTLINE(readability-function-cognitive-complexity): the macros of uthash */
static bool is_counted(struct tree *tree, const struct stat *info)
{
    struct linked *known = NULL, *one;

    if (info->st_nlink < 2 || S_ISDIR(info->st_mode))
        return false;
    one = ci_mem_zero(tree->mem, struct linked);
    one->id.device = info->st_dev;
    one->id.inode = info->st_ino;
    HASH_FIND(hh, tree->linked, &one->id, sizeof(one->id), known);
    if (!known)
        HASH_ADD(hh, tree->linked, id, sizeof(one->id), one);
    return known != NULL;
}

static bool measure(struct tree *tree, int parent, const char *name, int depth, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_CLEANUP(below_close) int fd = -1;
    struct stat info;
    struct ci_buf names;

    if (fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || below_fail(err, "look at", name);
    if (!is_counted(tree, &info))
        tree->blocks += info.st_blocks;
    if (!S_ISDIR(info.st_mode))
        return true;
    if (!kit_goes_on(tree->step, tree->begin, err))
        return false;
    if (depth > DEPTH_MAX)
        return ci_fail(err, CI_ETOOLARGE, "folders nest too deep");
    ci_buf_init(&names, mem);
    fd = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || !read_names(fd, ".", &names))
        return below_fail(err, "read folder", name);
    for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1)
        if (!measure(tree, fd, names.text + at, depth + 1, err))
            return false;
    return true;
}

void step_do_tree_size(struct step *step, struct step_end *end)
{
    const struct ci_tree_size_args *args = step->def->args;
    const char *property = args->property ? args->property : "tree-size-KiB";
    CI_AUTO_MEM mem = ci_mem_new();
    struct tree tree = {.step = step, .mem = mem, .begin = ci_mono_now()};
    struct ci_err err;
    CI_CLEANUP(below_close) int root = below_root(step->dir, &err);
    bool done = root >= 0 && measure(&tree, root, ".", 0, &err);
    json_auto_t *size = json_integer((tree.blocks + 1) / 2);

    HASH_CLEAR(hh, tree.linked);
    if (!done) {
        kit_fails(step, end, &err);
        return;
    }
    step_set_property(step, property, size, step->def->name);
    kit_ends(step, end, CI_SUCCESS, "treesize %lld KiB", (long long)json_integer_value(size));
}

/* ---- copy: as `cp -R -P -p` does ---- */

static bool copy_bytes(struct tree *tree, int from, int to, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *piece = ci_mem_array(mem, char, COPY_BYTES);
    ssize_t n;

    /* Where the file system can, it shares the blocks. */
    while ((n = copy_file_range(from, NULL, to, NULL, 64 << 20, 0)) > 0)
        if (!kit_goes_on(tree->step, tree->begin, err))
            return false;
    if (n == 0)
        return true;
    while ((n = read(from, piece, COPY_BYTES)) > 0) {
        for (ssize_t at = 0; at < n;) {
            ssize_t written = write(to, piece + at, (size_t)(n - at));

            if (written < 0)
                return below_fail(err, "write", "a copy");
            at += written;
        }
        if (!kit_goes_on(tree->step, tree->begin, err))
            return false;
    }
    return n == 0 || below_fail(err, "read", "a file");
}

static bool keep_stat(int fd, const struct stat *info)
{
    const struct timespec times[] = {info->st_atim, info->st_mtim};

    return fchmod(fd, info->st_mode & 07777) == 0 && futimens(fd, times) == 0;
}

static bool copy_file(struct tree *tree, int from_dir, const char *from, int to_dir, const char *to,
                      struct ci_err *err)
{
    CI_CLEANUP(below_close)
    int in = openat(from_dir, from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), out = -1;
    struct stat info;

    if (in < 0 || fstat(in, &info) != 0)
        return below_fail(err, "open", from);
    unlinkat(to_dir, to, 0); /* one that is a link must not be written through */
    out = openat(to_dir, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0)
        return below_fail(err, "create", to);
    if (!copy_bytes(tree, in, out, err))
        return false;
    tree->files++;
    return keep_stat(out, &info) || below_fail(err, "set the mode of", to);
}

static bool copy_link(int from_dir, const char *from, int to_dir, const char *to,
                      struct ci_err *err)
{
    char target[4096];
    ssize_t len = readlinkat(from_dir, from, target, sizeof(target) - 1);

    if (len < 0)
        return below_fail(err, "read link", from);
    target[len] = '\0';
    unlinkat(to_dir, to, 0);
    return symlinkat(target, to_dir, to) == 0 || below_fail(err, "create link", to);
}

static bool copy_any(struct tree *tree, int from_dir, const char *from, int to_dir, const char *to,
                     int depth, struct ci_err *err);

static bool copy_folder(struct tree *tree, int from_dir, const char *from, int to_dir,
                        const char *to, const struct stat *info, int depth, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_CLEANUP(below_close) int in = -1, out = -1;
    struct ci_buf names;

    if (depth > DEPTH_MAX)
        return ci_fail(err, CI_ETOOLARGE, "folders nest too deep");
    ci_buf_init(&names, mem);
    in = openat(from_dir, from, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0 || !read_names(in, ".", &names))
        return below_fail(err, "read folder", from);
    if (mkdirat(to_dir, to, 0700) != 0 && errno != EEXIST)
        return below_fail(err, "create folder", to);
    out = openat(to_dir, to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (out < 0)
        return below_fail(err, "open folder", to);
    for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1)
        if (!copy_any(tree, in, names.text + at, out, names.text + at, depth + 1, err))
            return false;
    return keep_stat(out, info) || below_fail(err, "set the mode of", to);
}

static bool copy_any(struct tree *tree, int from_dir, const char *from, int to_dir, const char *to,
                     int depth, struct ci_err *err)
{
    struct stat info;

    if (!kit_goes_on(tree->step, tree->begin, err))
        return false;
    if (fstatat(from_dir, from, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return below_fail(err, "look at", from);
    if (S_ISDIR(info.st_mode))
        return copy_folder(tree, from_dir, from, to_dir, to, &info, depth, err);
    if (S_ISLNK(info.st_mode))
        return copy_link(from_dir, from, to_dir, to, err);
    if (S_ISREG(info.st_mode))
        return copy_file(tree, from_dir, from, to_dir, to, err);
    steplog_say(&tree->step->log, "passed over %s: neither file nor folder nor link", from);
    return true;
}

static bool is_within(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strcmp(folder, ".") == 0 ||
           (strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0'));
}

static bool copy(struct tree *tree, int root, const char *source, const char *destination,
                 struct ci_err *err)
{
    CI_CLEANUP(below_close) int from = -1, to = -1;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *slash = strrchr(destination, '/'), *from_name, *to_name;

    if (is_within(destination, source) || strcmp(destination, ".") == 0)
        return ci_fail(err, CI_EINVALID, "can't copy %s to %s", source, destination);
    if (slash &&
        !below_make(root, ci_mem_strndup(mem, destination, (size_t)(slash - destination)), err))
        return false;
    from = below_parent(root, source, &from_name);
    if (from < 0)
        return below_fail(err, "open", source);
    to = below_parent(root, destination, &to_name);
    if (to < 0)
        return below_fail(err, "open", destination);
    return copy_any(tree, from, from_name, to, to_name, 0, err);
}

void step_do_copy(struct step *step, struct step_end *end)
{
    const struct ci_copy_args *args = step->def->args;
    struct tree tree = {.step = step, .begin = ci_mono_now()};
    const char *source, *destination;
    struct ci_err err;
    CI_CLEANUP(below_close) int root = below_root(step->dir, &err);

    if (root < 0 || !below_normal(step->mem, args->source, &source, &err) ||
        !below_normal(step->mem, args->destination, &destination, &err) ||
        !copy(&tree, root, source, destination, &err))
        kit_fails(step, end, &err);
    else
        kit_ends(step, end, CI_SUCCESS, "copied %s to %s, %s", source, destination,
                 kit_count(step, tree.files, "file", "files"));
}

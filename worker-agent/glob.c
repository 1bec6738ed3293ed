/* SPDX-License-Identifier: Apache-2.0 */
/* Matching paths, and walking through folders for those that match. */
#include "glob.h"

#include "below.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 200000, DEPTH_MAX = 256, PART_BYTES = 256 };

/* The first part of the path, in out; what follows it, NULL when nothing does. */
static const char *take_part(const char *path, char out[PART_BYTES])
{
    size_t len = strcspn(path, "/");
    size_t kept = len < PART_BYTES - 1 ? len : PART_BYTES - 1;

    memcpy(out, path, kept);
    out[kept] = '\0';
    return path[len] ? path + len + 1 : NULL;
}

static bool match(const char *pattern, const char *path, bool partial);

/* `pattern` is what follows a "**", which takes any number of parts of the path. */
static bool match_any_parts(const char *pattern, const char *path, bool partial)
{
    while (pattern && strncmp(pattern, "**/", 3) == 0)
        pattern += 3; /* two in a row are one */
    for (;;) {
        const char *rest = strchr(path, '/');

        if (match(pattern, path, partial))
            return true;
        if (*path == '.')
            return false;
        /* At its end ** takes all that is left: at least a file's name. */
        if (!rest)
            return partial || !pattern;
        path = rest + 1;
    }
}

/* `partial`: the path is a folder, and something below it must be able to match. */
static bool match(const char *pattern, const char *path, bool partial)
{
    while (path && pattern) {
        char want[PART_BYTES], part[PART_BYTES];
        const char *more = take_part(pattern, want);

        if (strcmp(want, "**") == 0)
            return match_any_parts(more, path, partial);
        path = take_part(path, part);
        if (fnmatch(want, part, FNM_PERIOD) != 0)
            return false;
        pattern = more;
    }
    return !path && (partial ? pattern != NULL : !pattern);
}

bool glob_matches(const char *pattern, const char *path)
{
    return match(pattern, path, false);
}

bool glob_enters(const char *pattern, const char *path)
{
    return match(pattern, path, true);
}

bool glob_is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

/* ---- walking ---- */

struct search {
    int root;
    void *mem;
    struct ci_strs patterns; /* none: everything */
    const char **found;
    size_t count, cap;
};

static bool any(const struct search *search, const char *path,
                bool (*matches)(const char *, const char *))
{
    for (size_t i = 0; i < search->patterns.count; i++)
        if (matches(search->patterns.items[i], path))
            return true;
    return search->patterns.count == 0;
}

static bool add(struct search *search, const char *path, struct ci_err *err)
{
    if (search->count == FILES_MAX)
        return ci_fail(err, CI_ETOOLARGE, "more than %d files", FILES_MAX);
    if (search->count == search->cap) {
        size_t cap = search->cap ? search->cap * 2 : 64;
        const char **longer = ci_mem_array(search->mem, const char *, cap);

        if (search->count > 0)
            memcpy(longer, search->found, search->count * sizeof(*longer));
        talloc_free(search->found);
        search->found = longer;
        search->cap = cap;
    }
    search->found[search->count++] = ci_mem_strdup(search->mem, path);
    return true;
}

static bool visit(struct search *search, const char *path, int depth, struct ci_err *err);

/* One name in a folder: a file that counts, a folder to go into, or nothing. */
static bool visit_name(struct search *search, const char *folder, const char *name, int depth,
                       struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *path = strcmp(folder, ".") == 0 ? name : ci_mem_printf(mem, "%s/%s", folder, name);
    CI_CLEANUP(below_close) int fd = below_open(search->root, path, O_PATH | O_NOFOLLOW, 0);
    struct stat info;

    if (fd < 0 || fstat(fd, &info) != 0)
        return true; /* it is gone, or not ours to see */
    if (S_ISDIR(info.st_mode)) {
        below_close(&fd); /* not one for each level */
        return !any(search, path, glob_enters) || visit(search, path, depth + 1, err);
    }
    if (!any(search, path, glob_matches))
        return true;
    if (S_ISLNK(info.st_mode)) {
        below_close(&fd);
        fd = below_open(search->root, path, O_PATH, 0);
        if (fd < 0 || fstat(fd, &info) != 0)
            return true;
    }
    return !S_ISREG(info.st_mode) || add(search, path, err);
}

/* The names first, so that no folder stays open while others are visited. */
static bool visit(struct search *search, const char *path, int depth, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    int fd = below_open(search->root, path, O_RDONLY | O_DIRECTORY, 0);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    struct ci_buf names; /* each with its NUL */

    if (!dir) {
        below_close(&fd);
        return errno == ENOENT || below_fail(err, "read folder", path);
    }
    ci_buf_init(&names, mem);
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ci_buf_add(&names, entry->d_name, strlen(entry->d_name) + 1);
    closedir(dir);
    if (depth > DEPTH_MAX)
        return ci_fail(err, CI_ETOOLARGE, "folders nest too deep below %s", path);
    for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1)
        if (!visit_name(search, path, names.text + at, depth, err))
            return false;
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool run(struct search *search, const char *path, struct ci_strs *out, struct ci_err *err)
{
    if (!visit(search, path, 0, err))
        return false;
    if (search->count > 0)
        qsort(search->found, search->count, sizeof(*search->found), compare);
    *out = (struct ci_strs){search->found, search->count};
    return true;
}

bool glob_find(int root, struct ci_strs patterns, void *mem, struct ci_strs *out,
               struct ci_err *err)
{
    const char **normal = ci_mem_array(mem, const char *, patterns.count + 1);
    struct search search = {
        .root = root, .mem = mem, .patterns = {normal, patterns.count}
    };

    for (size_t i = 0; i < patterns.count; i++)
        if (!below_normal(mem, patterns.items[i], &normal[i], err))
            return false;
    if (patterns.count == 0) {
        *out = (struct ci_strs){NULL, 0};
        return true;
    }
    return run(&search, ".", out, err);
}

bool glob_all(int root, const char *path, void *mem, struct ci_strs *out, struct ci_err *err)
{
    struct search search = {.root = root, .mem = mem};

    return run(&search, path, out, err);
}

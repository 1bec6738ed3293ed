/* SPDX-License-Identifier: Apache-2.0 */
/* Goes through the objects of a folder: of those that blob_dir.c would put below a prefix. */
#include "blob_internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

struct walk {
    const char *root, *prefix;
    ci_blob_each_fn *each;
    void *user;
};

/* The names in a folder; the folder is closed before anything is done with them. */
struct names {
    const char **items;
    size_t count, cap;
};

static void add_name(struct names *names, const char *name, void *mem)
{
    if (names->count == names->cap) {
        size_t cap = names->cap ? names->cap * 2 : 64;
        const char **longer = ci_mem_array(mem, const char *, cap);

        if (names->count)
            memcpy(longer, names->items, names->count * sizeof(*longer));
        names->items = longer;
        names->cap = cap;
    }
    names->items[names->count++] = ci_mem_strdup(mem, name);
}

/* A folder that is not there has no names. */
static bool list_folder(const char *path, void *mem, struct names *out, struct ci_err *err)
{
    CI_CLEANUP(close_dir) DIR *dir = opendir(path);
    const struct dirent *entry;

    if (!dir)
        return errno == ENOENT || blob_fail_path(path, "list", errno, err);
    for (errno = 0; (entry = readdir(dir)); errno = 0)
        if (*entry->d_name != '.')
            add_name(out, entry->d_name, mem);
    return !errno || blob_fail_path(path, "list", errno, err);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The objects of one "+xx", whose keys are `base` and their names. */
static bool show_files(const struct walk *walk, const char *folder, const char *base,
                       struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct names names = {0};
    struct stat st;

    if (!list_folder(folder, mem, &names, err))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        struct ci_blob blob = {.key = ci_mem_printf(mem, "%s%s", base, names.items[i])};

        if (!begins(blob.key, walk->prefix) || !blob_key_valid(blob.key) ||
            stat(ci_mem_printf(mem, "%s/%s", folder, names.items[i]), &st) < 0 ||
            !S_ISREG(st.st_mode))
            continue;
        blob.size = (uint64_t)st.st_size;
        blob.modified.us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
        if (!walk->each(walk->user, &blob, err))
            return false;
    }
    return true;
}

/* `base`: what the keys below this folder begin with, "" or "chunks/". */
static bool walk_folder(const struct walk *walk, const char *base, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *folder = ci_mem_printf(mem, "%s/%s", walk->root, base);
    struct names names = {0};

    if (!list_folder(folder, mem, &names, err))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        const char *path = ci_mem_printf(mem, "%s%s", folder, names.items[i]);
        const char *below = ci_mem_printf(mem, "%s%s/", base, names.items[i]);

        if (*names.items[i] == '+') {
            if (!show_files(walk, path, base, err))
                return false;
        } else if (begins(below, walk->prefix) || begins(walk->prefix, below)) {
            if (!walk_folder(walk, below, err))
                return false;
        }
    }
    return true;
}

bool blob_dir_walk(const char *root, const char *prefix, ci_blob_each_fn *each, void *user,
                   struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct walk walk = {.root = root, .prefix = prefix, .each = each, .user = user};
    const char *slash = strrchr(prefix, '/');

    return walk_folder(&walk,
                       slash ? ci_mem_strndup(mem, prefix, (size_t)(slash + 1 - prefix)) : "", err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Names of build folders, and making and removing them. */
#include "folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLUG_CHARS = 100 };

static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '+';
}

char *folder_slug(void *mem, const char *builder, int64_t builderid)
{
    char *slug = ci_mem_strndup(mem, builder, SLUG_CHARS);
    bool changed = strlen(builder) > SLUG_CHARS || *builder == '\0' || *builder == '-';

    for (char *c = slug; *c; c++) {
        /* The changed names hold a dot, so that no plain one may. */
        if (!is_plain(*c)) {
            *c = '_';
            changed = true;
        }
    }
    return changed ? ci_mem_printf(mem, "_%s.%" PRId64, slug, builderid) : slug;
}

int folder_index(const int *used, size_t count)
{
    for (int index = 1;; index++) {
        size_t i = 0;

        while (i < count && used[i] != index)
            i++;
        if (i == count)
            return index;
    }
}

bool folder_check_workdir(const char *workdir, struct ci_err *err)
{
    const char *part = workdir;

    if (*workdir == '/')
        return ci_fail(err, CI_EINVALID, "workdir \"%s\" is not relative to the build's folder",
                       workdir);
    while (*part) {
        size_t len = strcspn(part, "/");

        if (len == 2 && part[0] == '.' && part[1] == '.')
            return ci_fail(err, CI_EINVALID, "workdir \"%s\" leaves the build's folder", workdir);
        part += len;
        part += strspn(part, "/");
    }
    return true;
}

static bool make_one(const char *path)
{
    struct stat info;

    if (mkdir(path, 0777) == 0)
        return true;
    return errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool folder_make(const char *path, struct ci_err *err)
{
    CI_AUTO_MEM mem = NULL;
    char *copy;

    /* Nearly always only the last part is missing, or nothing. */
    if (make_one(path))
        return true;
    mem = ci_mem_new();
    copy = ci_mem_strdup(mem, path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!make_one(copy))
            return ci_fail(err, CI_EUNAVAILABLE, "could not create folder %s: %s", copy,
                           strerror(errno));
        *slash = '/';
    }
    return make_one(path) ||
           ci_fail(err, CI_EUNAVAILABLE, "could not create folder %s: %s", path, strerror(errno));
}

static bool empty_at(int fd, struct ci_err *err);

/* Builds leave folders without write permission behind (Go's module cache does); owners may change
 * it. */
static bool remove_at(int parent, const char *name, struct ci_err *err)
{
    int fd;

    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return ci_fail(err, CI_EUNAVAILABLE, "could not remove %s: %s", name, strerror(errno));
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
        return true;
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0)
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not open %s: %s", name, strerror(errno));
    if (!empty_at(fd, err))
        return false;
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 ||
           ci_fail(err, CI_EUNAVAILABLE, "could not remove %s: %s", name, strerror(errno));
}

/* Takes fd over. Folders are as deep as their files; each level holds one descriptor. */
static bool empty_at(int fd, struct ci_err *err)
{
    DIR *dir = fdopendir(fd);
    struct dirent *entry;
    struct stat info;
    bool done = true;

    if (!dir) {
        close(fd);
        return ci_fail(err, CI_EUNAVAILABLE, "could not read a folder: %s", strerror(errno));
    }
    if (fstat(fd, &info) == 0 && (info.st_mode & S_IRWXU) != S_IRWXU)
        (void)!fchmod(fd, 0700); /* when it matters, removing says so */
    while (done && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            done = remove_at(fd, entry->d_name, err);
    closedir(dir);
    return done;
}

bool folder_empty(const char *path, struct ci_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT ||
               ci_fail(err, CI_EUNAVAILABLE, "could not open %s: %s", path, strerror(errno));
    return empty_at(fd, err);
}

bool folder_remove(const char *path, struct ci_err *err)
{
    return remove_at(AT_FDCWD, path, err);
}

bool folder_remove_at(int parent, const char *name, struct ci_err *err)
{
    return remove_at(parent, name, err);
}

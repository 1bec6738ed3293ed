/* SPDX-License-Identifier: Apache-2.0 */
/* Opening files below a folder, by openat2(2) where the kernel and its filters have it. */
#include "below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NAME_BYTES = 256 };

void below_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

bool below_fail(struct ci_err *err, const char *what, const char *path)
{
    int number = errno;
    enum ci_errc code = number == ENOENT || number == ENOTDIR ? CI_ENOTFOUND
                        : number == EXDEV || number == ELOOP  ? CI_EINVALID
                                                              : CI_EUNAVAILABLE;

    return ci_fail(err, code, "could not %s %s: %s", what, path,
                   number == EXDEV ? "it leads out of the build's folder" : strerror(number));
}

int below_root(const char *folder, struct ci_err *err)
{
    int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (root < 0)
        below_fail(err, "open", folder);
    return root;
}

bool below_normal(void *mem, const char *path, const char **out, struct ci_err *err)
{
    struct ci_buf normal;

    if (*path == '/')
        return ci_fail(err, CI_EINVALID, "path \"%s\" is not relative", path);
    ci_buf_init(&normal, mem);
    for (const char *part = path; *part; part += strspn(part, "/")) {
        size_t len = strcspn(part, "/");

        if (len == 2 && strncmp(part, "..", 2) == 0)
            return ci_fail(err, CI_EINVALID, "path \"%s\" has a \"..\"", path);
        if (len != 1 || *part != '.') {
            if (normal.len > 0)
                ci_buf_puts(&normal, "/");
            ci_buf_add(&normal, part, len);
        }
        part += len;
    }
    *out = normal.len > 0 ? normal.text : ".";
    return true;
}

/* Where openat2() is missing no symbolic link is followed at all. */
static int walk(int root, const char *path, int flags, mode_t mode)
{
    int at = root;

    for (;;) {
        char part[NAME_BYTES];
        size_t len = strcspn(path, "/");
        bool last = path[len] == '\0';
        int next;

        if (len >= sizeof(part)) {
            errno = ENAMETOOLONG;
            next = -1;
        } else {
            memcpy(part, path, len);
            part[len] = '\0';
            next = openat(at, part,
                          last ? flags | O_NOFOLLOW | O_CLOEXEC
                               : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                          mode);
        }
        if (at != root)
            close(at);
        if (next < 0 || last)
            return next;
        at = next;
        path += len + 1;
    }
}

int below_open(int root, const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

    if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
        return fd;
    return walk(root, path, flags, mode);
}

int below_parent(int root, const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    CI_AUTO_MEM mem = NULL;

    *name = slash ? slash + 1 : path;
    if (!slash)
        return below_open(root, ".", O_PATH | O_DIRECTORY, 0);
    mem = ci_mem_new();
    return below_open(root, ci_mem_strndup(mem, path, (size_t)(slash - path)), O_PATH | O_DIRECTORY,
                      0);
}

bool below_make(int root, const char *path, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *part = ci_mem_strdup(mem, path);
    char *slash = part;

    for (;;) {
        CI_CLEANUP(below_close) int parent = -1, made = -1;
        const char *name;

        slash = strchr(slash, '/');
        if (slash)
            *slash = '\0';
        parent = below_parent(root, part, &name);
        if (parent < 0 || (mkdirat(parent, name, 0777) != 0 && errno != EEXIST))
            return below_fail(err, "create folder", part);
        made = below_open(root, part, O_PATH | O_DIRECTORY, 0);
        if (made < 0)
            return below_fail(err, "create folder", part);
        if (!slash)
            return true;
        *slash++ = '/';
    }
}

bool below_read(const char *folder, const char *path, size_t max, void *mem, struct ci_bytes *out,
                struct ci_err *err)
{
    CI_CLEANUP(below_close) int root = below_root(folder, err);
    CI_CLEANUP(below_close) int fd = -1;
    const char *normal;
    struct stat info;
    struct ci_buf text;
    char piece[16384];
    ssize_t n;

    if (root < 0 || !below_normal(mem, path, &normal, err))
        return false;
    fd = below_open(root, normal, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0 || fstat(fd, &info) != 0)
        return below_fail(err, "open", path);
    if (!S_ISREG(info.st_mode))
        return ci_fail(err, CI_EINVALID, "%s is no file", path);
    ci_buf_init(&text, mem);
    while ((n = read(fd, piece, sizeof(piece))) > 0) {
        ci_buf_add(&text, piece, (size_t)n);
        if (text.len > max)
            return ci_fail(err, CI_ETOOLARGE, "%s has more than %zu bytes", path, max);
    }
    if (n < 0)
        return below_fail(err, "read", path);
    *out = (struct ci_bytes){text.text, text.len};
    return true;
}

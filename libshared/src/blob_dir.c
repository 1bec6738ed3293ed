/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects as files of a folder that several processes share. "chunks/3f2a"
 * is DIR/chunks/+b7/3f2a: the folder before the name, which the key's hash
 * chooses, keeps folders small, and its "+" keeps it apart from any segment
 * of a key. A file is written as DIR/.tmp/<random> and renamed when all of it
 * is on the disk.
 */
#include "blob_internal.h"
#include "shared/clock.h"
#include "shared/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* Never for everybody; the umask says whether a shared volume's group may write. */
    DIR_MODE = 0770,
    FILE_MODE = 0660,
    /* Nobody writes 64 MiB for that long: what is older was left by a process that died. */
    LEFT_OVER_SECONDS = 3600,
};

struct dir_store {
    char *root; /* without a "/" at its end */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

bool blob_fail_path(const char *path, const char *what, int why, struct ci_err *err)
{
    return ci_fail(err, CI_EUNAVAILABLE, "could not %s %s: %s", what, path, strerror(why));
}

/* ---- where things are ---- */

/* The folder of a key: its segments but the last, and the hash's. */
static const char *folder_of(const struct dir_store *s, const char *key, void *mem)
{
    const char *slash = strrchr(key, '/');
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, (const unsigned char *)key, strlen(key));
    return ci_mem_printf(mem, "%s/%.*s%s+%02x", s->root, slash ? (int)(slash - key) : 0, key,
                         slash ? "/" : "", hash[0]);
}

static const char *path_of(const struct dir_store *s, const char *key, void *mem)
{
    const char *slash = strrchr(key, '/');

    return ci_mem_printf(mem, "%s/%s", folder_of(s, key, mem), slash ? slash + 1 : key);
}

/* A volume that is not mounted is an empty folder, and has no .tmp, which a store always has. */
static bool check_store(const struct dir_store *s, void *mem, struct ci_err *err)
{
    if (access(ci_mem_printf(mem, "%s/.tmp", s->root), F_OK) < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "the store at %s is not there", s->root);
    return true;
}

/* No file: no such object, unless the whole store is missing. */
static bool fail_open(const struct dir_store *s, const char *key, const char *path, int why,
                      void *mem, struct ci_err *err)
{
    if (why != ENOENT && why != ENOTDIR)
        return blob_fail_path(path, "read", why, err);
    return check_store(s, mem, err) &&
           ci_fail(err, CI_ENOTFOUND, "there is no object \"%s\" in %s", key, s->root);
}

/* ---- folders ---- */

static bool sync_folder(const char *path, struct ci_err *err)
{
    CI_CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return blob_fail_path(path, "sync", errno, err);
    return true;
}

/* The folder and those above it. What is new is on the disk when it returns. */
static bool make_folders(char *path, struct ci_err *err)
{
    char *slash;
    bool fine;

    if (mkdir(path, DIR_MODE) == 0) {
        slash = strrchr(path, '/');
        if (!slash || slash == path)
            return true;
        *slash = '\0';
        fine = sync_folder(path, err);
        *slash = '/';
        return fine;
    }
    if (errno == EEXIST)
        return true;
    slash = strrchr(path, '/');
    if (errno != ENOENT || !slash || slash == path)
        return blob_fail_path(path, "make", errno, err);
    *slash = '\0';
    fine = make_folders(path, err);
    *slash = '/';
    return fine && make_folders(path, err);
}

/* ---- opening ---- */

static void store_close(void *store)
{
    struct dir_store *s = store;

    free(s->root);
    free(s);
}

/* Removes what processes that died in a put have left; whatever fails here comes up elsewhere. */
static void drop_left_overs(const char *tmp, struct ci_time now)
{
    CI_CLEANUP(close_dir) DIR *dir = opendir(tmp);
    const struct dirent *entry;
    struct stat st;

    while (dir && (entry = readdir(dir))) {
        if (*entry->d_name == '.' ||
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (st.st_mtime < now.us / 1000000 - LEFT_OVER_SECONDS)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
}

bool blob_dir_open(const struct ci_store_spec *spec, void **store, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct dir_store *s;
    size_t len = strlen(spec->directory);
    char *tmp;

    while (len > 1 && spec->directory[len - 1] == '/')
        len--;
    tmp = ci_mem_printf(mem, "%.*s/.tmp", (int)len, spec->directory);
    if (!make_folders(tmp, err))
        return ci_fail_in(err, "store %s", spec->directory);
    if (access(tmp, W_OK | X_OK) < 0)
        return blob_fail_path(tmp, "write to", errno, err);
    drop_left_overs(tmp, ci_time_now());
    s = calloc(1, sizeof(*s));
    if (!s || !(s->root = strndup(spec->directory, len)))
        abort();
    *store = s;
    return true;
}

/* ---- writing ---- */

/* A whole file on the disk, closed: NFS reports some errors only then. */
static bool write_file(const char *path, struct ci_bytes bytes, struct ci_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    int why = 0;

    if (fd < 0)
        return blob_fail_path(path, "make", errno, err);
    if (!ci_write_all(fd, bytes) || fsync(fd) < 0)
        why = errno;
    if (close(fd) < 0 && !why)
        why = errno;
    return !why || blob_fail_path(path, "write", why, err);
}

static bool place(const struct dir_store *s, const char *key, const char *tmp, void *mem,
                  struct ci_err *err)
{
    char *folder = ci_mem_strdup(mem, folder_of(s, key, mem));
    const char *path = path_of(s, key, mem);

    if (!make_folders(folder, err))
        return false;
    if (rename(tmp, path) < 0)
        return blob_fail_path(path, "make", errno, err);
    return sync_folder(folder, err);
}

static bool store_put(void *store, const char *key, struct ci_bytes bytes, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct dir_store *s = store;
    unsigned char random[16];
    char name[sizeof(random) * 2 + 1];
    const char *tmp;

    /* Replicas have the same process ids, so only chance tells their files apart. */
    randombytes_buf(random, sizeof(random));
    sodium_bin2hex(name, sizeof(name), random, sizeof(random));
    tmp = ci_mem_printf(mem, "%s/.tmp/%s", s->root, name);
    if (write_file(tmp, bytes, err) && place(s, key, tmp, mem, err))
        return true;
    unlink(tmp);
    return ci_fail_in(err, "object \"%s\"", key);
}

static bool store_remove(void *store, const char *key, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct dir_store *s = store;
    const char *path = path_of(s, key, mem);

    if (unlink(path) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR)
        return blob_fail_path(path, "remove", errno, err);
    return check_store(s, mem, err);
}

/* ---- reading ---- */

static bool open_object(const struct dir_store *s, const char *key, void *mem, int *fd,
                        struct stat *st, struct ci_err *err)
{
    const char *path = path_of(s, key, mem);

    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return fail_open(s, key, path, errno, mem, err);
    if (fstat(*fd, st) < 0)
        return blob_fail_path(path, "read", errno, err);
    return true;
}

static bool read_range(void *store, const char *key, uint64_t offset, uint64_t length, void *mem,
                       struct ci_bytes *out, struct ci_err *err)
{
    CI_CLEANUP(close_fd) int fd = -1;
    struct dir_store *s = store;
    struct stat st;
    uint64_t size;
    size_t got = 0;
    char *data;

    if (!open_object(s, key, mem, &fd, &st, err))
        return false;
    size = (uint64_t)st.st_size;
    if (offset >= size)
        length = 0;
    else if (length > size - offset)
        length = size - offset;
    if (length > CI_BLOB_MAX)
        return ci_fail(err, CI_ETOOLARGE, "object \"%s\" has more than %d bytes", key, CI_BLOB_MAX);
    data = ci_mem_alloc(mem, length + 1);
    while (got < length) {
        ssize_t n = pread(fd, data + got, length - got, (off_t)(offset + got));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return blob_fail_path(path_of(s, key, mem), "read", n < 0 ? errno : EIO, err);
        got += (size_t)n;
    }
    *out = (struct ci_bytes){data, got};
    return true;
}

static bool store_get(void *store, const char *key, void *mem, struct ci_bytes *out,
                      struct ci_err *err)
{
    return read_range(store, key, 0, UINT64_MAX, mem, out, err);
}

static bool store_get_range(void *store, const char *key, uint64_t offset, size_t length, void *mem,
                            struct ci_bytes *out, struct ci_err *err)
{
    return read_range(store, key, offset, length, mem, out, err);
}

static bool store_size(void *store, const char *key, uint64_t *size, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    CI_CLEANUP(close_fd) int fd = -1;
    struct stat st;

    if (!open_object(store, key, mem, &fd, &st, err))
        return false;
    *size = (uint64_t)st.st_size;
    return true;
}

static bool store_each(void *store, const char *prefix, ci_blob_each_fn *each, void *user,
                       struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct dir_store *s = store;

    return check_store(s, mem, err) && blob_dir_walk(s->root, prefix, each, user, err);
}

const struct blob_backend blob_dir_backend = {
    .close = store_close,
    .put = store_put,
    .get = store_get,
    .get_range = store_get_range,
    .size = store_size,
    .remove = store_remove,
    .each = store_each,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* Hashing files and folders. */
#include "environment_key.h"

#include "folder.h"
#include "glob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 << 10, DEEPEST = 100 };

bool environment_files(const char *folder, struct ci_strs patterns, void *mem, struct ci_strs *out,
                       struct ci_err *err)
{
    int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool found;

    if (root < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not open %s: %s", folder, strerror(errno));
    found = glob_find(root, patterns, mem, out, err);
    close(root);
    return found;
}

static void add(crypto_hash_sha256_state *hash, const void *data, size_t len)
{
    crypto_hash_sha256_update(hash, data, len);
}

/* With its NUL, so that no two lists of texts look the same. */
static void add_text(crypto_hash_sha256_state *hash, const char *text)
{
    add(hash, text, strlen(text) + 1);
}

static const char *digest(crypto_hash_sha256_state *hash, size_t digits, void *mem)
{
    unsigned char bytes[crypto_hash_sha256_BYTES];
    char hex[crypto_hash_sha256_BYTES * 2 + 1];

    crypto_hash_sha256_final(hash, bytes);
    sodium_bin2hex(hex, sizeof(hex), bytes, sizeof(bytes));
    return ci_mem_strndup(mem, hex, digits);
}

static bool add_file(crypto_hash_sha256_state *hash, const char *path, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *piece = ci_mem_array(mem, char, PIECE);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int64_t size = 0;
    ssize_t n = fd < 0 ? -1 : 0;

    while (fd >= 0 && (n = read(fd, piece, PIECE)) > 0) {
        add(hash, piece, (size_t)n);
        size += n;
    }
    add(hash, &size, sizeof(size));
    if (n < 0)
        ci_fail(err, CI_EUNAVAILABLE, "could not read %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return n >= 0;
}

bool environment_key(int64_t builderid, const char *folder, struct ci_strs files, json_t *steps,
                     void *mem, const char **out, struct ci_err *err)
{
    crypto_hash_sha256_state hash;
    char *text = json_dumps(steps, JSON_COMPACT | JSON_SORT_KEYS);

    if (!text)
        abort(); /* no memory */
    crypto_hash_sha256_init(&hash);
    add(&hash, &builderid, sizeof(builderid));
    add_text(&hash, text);
    free(text);
    for (size_t i = 0; i < files.count; i++) {
        add_text(&hash, files.items[i]);
        if (!add_file(&hash, ci_mem_printf(mem, "%s/%s", folder, files.items[i]), err))
            return false;
    }
    *out = digest(&hash, ENVIRONMENT_KEY, mem);
    return true;
}

static bool add_folder(crypto_hash_sha256_state *hash, const char *path, int depth,
                       struct ci_err *err);

static bool add_entry(crypto_hash_sha256_state *hash, const char *folder, const char *name,
                      int depth, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *path = ci_mem_printf(mem, "%s/%s", folder, name);
    struct stat info;
    uint32_t mode;

    if (lstat(path, &info) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "%s: %s", path, strerror(errno));
    mode = (uint32_t)info.st_mode;
    add_text(hash, name);
    add(hash, &mode, sizeof(mode));
    /* A folder changes by what is in it, and that is looked at. */
    if (S_ISDIR(info.st_mode))
        return add_folder(hash, path, depth + 1, err);
    add(hash, &info.st_size, sizeof(info.st_size));
    add(hash, &info.st_mtim.tv_sec, sizeof(info.st_mtim.tv_sec));
    add(hash, &info.st_mtim.tv_nsec, sizeof(info.st_mtim.tv_nsec));
    return true;
}

static int keep(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
           strcmp(entry->d_name, "__pycache__") != 0;
}

static int in_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_folder(crypto_hash_sha256_state *hash, const char *path, int depth,
                       struct ci_err *err)
{
    struct dirent **entries = NULL;
    int count = depth > DEEPEST ? -1 : scandir(path, &entries, keep, in_bytes);
    bool good = true;

    if (count < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not read %s: %s", path,
                       depth > DEEPEST ? "too deep" : strerror(errno));
    for (int i = 0; i < count; i++) {
        good = good && add_entry(hash, path, entries[i]->d_name, depth, err);
        free(entries[i]);
    }
    free(entries);
    add(hash, "", 1); /* its end */
    return good;
}

bool environment_fingerprint(const char *folder, void *mem, const char **out, struct ci_err *err)
{
    crypto_hash_sha256_state hash;

    crypto_hash_sha256_init(&hash);
    if (!add_folder(&hash, folder, 0, err))
        return false;
    *out = digest(&hash, crypto_hash_sha256_BYTES * 2, mem);
    return true;
}

static bool copy_bytes(int from, int to)
{
    char piece[PIECE / 4];
    ssize_t n;

    while ((n = read(from, piece, sizeof(piece))) > 0)
        for (ssize_t done = 0; done < n;) {
            ssize_t put = write(to, piece + done, (size_t)(n - done));

            if (put < 0)
                return false;
            done += put;
        }
    return n == 0;
}

static bool copy_one(const char *from, const char *to, struct ci_err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool good = out >= 0 && copy_bytes(in, out);

    if (!good)
        ci_fail(err, CI_EUNAVAILABLE, "could not copy %s: %s", from, strerror(errno));
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return good;
}

bool environment_copy(const char *from, const char *to, struct ci_strs files, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();

    for (size_t i = 0; i < files.count; i++) {
        char *target = ci_mem_printf(mem, "%s/%s", to, files.items[i]);
        char *slash = strrchr(target, '/');

        *slash = '\0';
        if (!folder_make(target, err))
            return false;
        *slash = '/';
        if (!copy_one(ci_mem_printf(mem, "%s/%s", from, files.items[i]), target, err))
            return false;
    }
    return true;
}

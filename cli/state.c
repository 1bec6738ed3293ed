/* SPDX-License-Identifier: Apache-2.0 */
/* The state folder: files, tokens, the lock. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN_BYTES = 32, MAX_FILE = 16 << 20 };

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define AUTO_FD CI_CLEANUP(close_fd) int

const char *state_default_dir(void *mem)
{
    const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (geteuid() == 0) /* PostgreSQL runs as another user, who can't reach into /root */
        return "/var/lib/slipway";
    if (xdg && xdg[0] == '/')
        return ci_mem_printf(mem, "%s/slipway", xdg);
    return ci_mem_printf(mem, "%s/.local/state/slipway", home ? home : "");
}

const char *state_path(void *mem, const char *dir, const char *name)
{
    return ci_mem_printf(mem, "%s/%s", dir, name);
}

bool state_make_dir(const char *path, unsigned mode, struct ci_err *err)
{
    char part[4096];
    size_t len = strlen(path);

    if (len >= sizeof(part))
        return ci_fail(err, CI_EINVALID, "path is too long: \"%s\"", path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        /* Whatever the umask is: PostgreSQL's user has to get through folders that root makes. */
        if ((mkdir(part, i == len ? mode : 0755) != 0 ||
             chmod(part, i == len ? mode : 0755) != 0) &&
            errno != EEXIST)
            return ci_fail(err, CI_EUNAVAILABLE, "could not make folder \"%s\": %s", part,
                           strerror(errno));
    }
    return true;
}

bool state_read(void *mem, const char *path, struct ci_bytes *out, struct ci_err *err)
{
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    struct ci_buf buf;
    char block[65536];
    ssize_t n;

    if (fd < 0)
        return ci_fail(err, errno == ENOENT ? CI_ENOTFOUND : CI_EUNAVAILABLE,
                       "could not open \"%s\": %s", path, strerror(errno));
    ci_buf_init(&buf, mem);
    while ((n = read(fd, block, sizeof(block))) > 0) {
        ci_buf_add(&buf, block, (size_t)n);
        if (buf.len > MAX_FILE)
            return ci_fail(err, CI_ETOOLARGE, "\"%s\" is larger than 16 MiB", path);
    }
    if (n < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not read \"%s\": %s", path, strerror(errno));
    *out = (struct ci_bytes){buf.text, buf.len};
    return true;
}

bool state_write(const char *path, const char *text, unsigned mode, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *temp = ci_mem_printf(mem, "%s.%d", path, (int)getpid());
    AUTO_FD fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    size_t len = strlen(text);

    if (fd < 0 || write(fd, text, len) != (ssize_t)len || fchmod(fd, mode) != 0 || fsync(fd) != 0 ||
        rename(temp, path) != 0) {
        ci_fail(err, CI_EUNAVAILABLE, "could not write \"%s\": %s", path, strerror(errno));
        unlink(temp);
        return false;
    }
    return true;
}

bool state_token(void *mem, const char *path, const char **token, bool *made, struct ci_err *err)
{
    unsigned char random[TOKEN_BYTES];
    char text[sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    struct ci_bytes file;
    struct ci_err ignored;

    if (state_read(mem, path, &file, &ignored) && file.len > 0) {
        const char *start = file.data;

        *token = ci_mem_strndup(mem, start, strcspn(start, "\r\n"));
        *made = false;
        return true;
    }
    randombytes_buf(random, sizeof(random));
    sodium_bin2base64(text, sizeof(text), random, sizeof(random),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (!state_write(path, text, 0600, err))
        return false;
    *token = ci_mem_strdup(mem, text);
    *made = true;
    return true;
}

bool state_lock(void *mem, const char *dir, struct ci_err *err)
{
    const char *path = state_path(mem, dir, "lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not open \"%s\": %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return ci_fail(err, CI_ECONFLICT, "another \"slipway up\" runs in %s", dir);
    }
    return true; /* the descriptor stays open: the lock lasts as long as the process */
}

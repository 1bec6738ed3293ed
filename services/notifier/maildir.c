/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery into a maildir (https://cr.yp.to/proto/maildir.html): written below
 * tmp/, synced, renamed into new/. The name belongs to the message, so a
 * second try after a death in between finds what the first has done.
 */
#include "shared/file.h"
#include "transport.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_dirs(const char *dir, void *mem, struct ci_err *err)
{
    static const char *const names[] = {"", "/tmp", "/new", "/cur"};

    for (size_t i = 0; i < CI_COUNT(names); i++) {
        const char *path = ci_mem_printf(mem, "%s%s", dir, names[i]);

        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return ci_fail(err, CI_EUNAVAILABLE, "could not make \"%s\": %s", path,
                           strerror(errno));
    }
    return true;
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

/* In new/ by its name, in cur/ with what readers put behind it: ",S=1234" and ":2,S". */
static bool is_delivered(const char *dir, const char *name, void *mem)
{
    CI_CLEANUP(close_dir) DIR *cur = opendir(ci_mem_printf(mem, "%s/cur", dir));
    size_t len = strlen(name);
    struct dirent *entry;

    if (access(ci_mem_printf(mem, "%s/new/%s", dir, name), F_OK) == 0)
        return true;
    while (cur && (entry = readdir(cur)))
        if (strncmp(entry->d_name, name, len) == 0 &&
            (!entry->d_name[len] || strchr(",:", entry->d_name[len])))
            return true;
    return false;
}

static bool write_file(const char *path, struct ci_bytes message, struct ci_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && ci_write_all(fd, message) && fsync(fd) == 0;
    int cause = errno;

    if (fd >= 0)
        close(fd);
    return ok || ci_fail(err, CI_EUNAVAILABLE, "could not write \"%s\": %s", path, strerror(cause));
}

/* The name is on the disk, too. */
static bool sync_dir(const char *path, struct ci_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int cause = errno;

    if (fd >= 0)
        close(fd);
    return ok || ci_fail(err, CI_EUNAVAILABLE, "could not sync \"%s\": %s", path, strerror(cause));
}

enum outcome maildir_deliver(const char *dir, const struct envelope *envelope, struct ci_err *why)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *temp = ci_mem_printf(mem, "%s/tmp/%s", dir, envelope->file_name);

    if (!make_dirs(dir, mem, why))
        return OUTCOME_RETRY;
    if (is_delivered(dir, envelope->file_name, mem))
        return OUTCOME_SENT;
    if (!write_file(temp, envelope->message, why))
        return OUTCOME_RETRY;
    if (rename(temp, ci_mem_printf(mem, "%s/new/%s", dir, envelope->file_name)) != 0) {
        ci_fail(why, CI_EUNAVAILABLE, "could not deliver into \"%s\": %s", dir, strerror(errno));
        return OUTCOME_RETRY;
    }
    return sync_dir(ci_mem_printf(mem, "%s/new", dir), why) ? OUTCOME_SENT : OUTCOME_RETRY;
}

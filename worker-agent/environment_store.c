/* SPDX-License-Identifier: Apache-2.0 */
/* Markers, locks and removal of environments. */
#include "environment_store.h"

#include "environment_key.h"
#include "folder.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct environment environment_at(const char *home, const char *key, void *mem)
{
    return (struct environment){
        .home = home,
        .key = key,
        .folder = ci_mem_printf(mem, "%s/%s", home, key),
        .marker = ci_mem_printf(mem, "%s/%s.json", home, key),
        .lock_path = ci_mem_printf(mem, "%s/%s.lock", home, key),
        .lock = -1,
    };
}

/* Who removes an environment removes its lock as well: one without a name is no lock any more. */
static bool has_name(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

bool environment_lock(struct environment *environment, int operation)
{
    for (;;) {
        if (environment->lock < 0)
            environment->lock = open(environment->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (environment->lock < 0 || flock(environment->lock, operation | LOCK_NB) != 0)
            return false;
        if (has_name(environment->lock))
            return true;
        environment_unlock(environment);
    }
}

void environment_unlock(struct environment *environment)
{
    if (environment->lock >= 0)
        close(environment->lock);
    environment->lock = -1;
}

bool environment_is_whole(const struct environment *environment)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_auto_t *marker = json_load_file(environment->marker, 0, NULL);
    const char *then = json_string_value(json_object_get(marker, "fingerprint")), *now;
    struct ci_err err;

    return then && environment_fingerprint(environment->folder, mem, &now, &err) &&
           strcmp(then, now) == 0;
}

bool environment_mark(const struct environment *environment, double seconds, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *fresh = ci_mem_printf(mem, "%s.new", environment->marker), *fingerprint;
    json_auto_t *marker = NULL;

    if (!environment_fingerprint(environment->folder, mem, &fingerprint, err))
        return false;
    marker =
        json_pack("{s:s, s:I, s:I, s:f, s:s}", "key", environment->key, "builderid",
                  (json_int_t)environment->builderid, "prepared_at", (json_int_t)ci_time_now().us,
                  "seconds", seconds, "fingerprint", fingerprint);
    if (json_dump_file(marker, fresh, JSON_COMPACT) != 0 || rename(fresh, environment->marker) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not write %s: %s", environment->marker,
                       strerror(errno));
    return true;
}

void environment_touch(const struct environment *environment)
{
    (void)!utimensat(AT_FDCWD, environment->marker, NULL, 0);
}

void environment_spoil(const struct environment *environment)
{
    unlink(environment->marker);
}

bool environment_remove(const struct environment *environment, struct ci_err *err)
{
    environment_spoil(environment);
    if (!folder_remove(environment->folder, err))
        return false;
    unlink(environment->lock_path);
    return true;
}

/* An entry of a home: the key, and when it was used; 0: it has no marker. */
struct found {
    char key[ENVIRONMENT_KEY + 1];
    int64_t used_us;
};

static bool read_entry(const char *home, const struct dirent *entry, struct found *out)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct stat info;

    if (strlen(entry->d_name) != ENVIRONMENT_KEY ||
        strspn(entry->d_name, "0123456789abcdef") != ENVIRONMENT_KEY)
        return false;
    memcpy(out->key, entry->d_name, sizeof(out->key));
    out->used_us = 0;
    if (stat(ci_mem_printf(mem, "%s/%s.json", home, out->key), &info) == 0)
        out->used_us = info.st_mtim.tv_sec * 1000000 + info.st_mtim.tv_nsec / 1000;
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct found *one = a, *other = b;

    return (one->used_us < other->used_us) - (one->used_us > other->used_us);
}

static size_t read_home(const char *home, void *mem, struct found **out)
{
    DIR *dir = opendir(home);
    struct ci_buf all;
    struct dirent *entry;

    ci_buf_init(&all, mem);
    while (dir && (entry = readdir(dir))) {
        struct found found;

        if (read_entry(home, entry, &found))
            ci_buf_add(&all, &found, sizeof(found));
    }
    if (dir)
        closedir(dir);
    *out = ci_mem_dup(mem, all.text, all.len);
    return all.len / sizeof(struct found);
}

static void remove_idle(const char *home, const char *key, void *mem)
{
    struct environment environment = environment_at(home, key, mem);
    struct ci_err err;

    if (environment_lock(&environment, LOCK_EX) && !environment_remove(&environment, &err))
        ci_log(CI_WARN, "environment.kept", ci_kv("key", key),
               ci_kv("error", (const char *)err.msg));
    environment_unlock(&environment);
}

void environment_tidy(const char *home)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct found *all;
    size_t count = read_home(home, mem, &all);

    qsort(all, count, sizeof(*all), newest_first);
    for (size_t i = 0; i < count; i++)
        if (i >= ENVIRONMENTS_KEPT || all[i].used_us == 0)
            remove_idle(home, all[i].key, mem);
}

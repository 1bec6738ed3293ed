/* SPDX-License-Identifier: Apache-2.0 */
/* The steps `upload` and `upload_directory`: files become artifacts of the build. */
#include "artifact.h"
#include "below.h"
#include "glob.h"
#include "shared/clock.h"
#include "step_kit.h"
#include "step_types.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

enum { LINKS_MAX = 20 }; /* more would hide the step; the build's page lists them all */

struct upload {
    struct step *step;
    const struct ci_upload_args *args;
    const char *skip; /* folder that is no part of the names: "dist/", or "" */
    struct ci_mono begin;
    size_t done;
    int64_t bytes;
};

static int open_file(int root, const char *path, struct stat *info, struct ci_err *err)
{
    int fd = below_open(root, path, O_RDONLY | O_NONBLOCK, 0);

    if (fd >= 0 && fstat(fd, info) == 0 && S_ISREG(info->st_mode))
        return fd;
    if (fd < 0)
        below_fail(err, "open", path);
    else
        ci_fail(err, CI_EINVALID, "%s is no file", path);
    below_close(&fd);
    return -1;
}

/* Nothing is sent when one of them is too large. */
static bool check_sizes(const struct upload *upload, int root, struct ci_strs files,
                        struct ci_err *err)
{
    for (size_t i = 0; upload->args->max_size > 0 && i < files.count; i++) {
        struct stat info;
        CI_CLEANUP(below_close) int fd = open_file(root, files.items[i], &info, err);

        if (fd < 0)
            return false;
        if (info.st_size > upload->args->max_size)
            return ci_fail(err, CI_ETOOLARGE,
                           "%s has %" PRId64 " bytes, at most %" PRId64 " allowed", files.items[i],
                           (int64_t)info.st_size, upload->args->max_size);
    }
    return true;
}

/* "as/name", without doubled slashes. */
static const char *name_of(const struct upload *upload, const char *path)
{
    const char *as = upload->args->as ? upload->args->as : "";
    size_t len = strlen(as), skip = strlen(upload->skip);

    while (len > 0 && as[len - 1] == '/')
        len--;
    while (len > 1 && as[0] == '.' && as[1] == '/') {
        as += 2;
        len -= 2;
    }
    if (len == 1 && *as == '.')
        len = 0;
    path += strncmp(path, upload->skip, skip) == 0 ? skip : 0;
    return ci_mem_printf(upload->step->mem, "%.*s%s%s", (int)len, as, len > 0 ? "/" : "", path);
}

/* A name as a part of a path, with its slashes. */
static const char *encode(void *mem, const char *name)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/+@=:,";
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (; *name; name++)
        if (strchr(plain, *name))
            ci_buf_add(&out, name, 1);
        else
            ci_buf_printf(&out, "%%%02X", (unsigned char)*name);
    return out.text;
}

static void add_link(struct upload *upload, const char *name)
{
    struct step *step = upload->step;
    const char *text = upload->args->url_text ? upload->args->url_text : name;

    if (upload->done < LINKS_MAX)
        step_add_url(step, text,
                     ci_mem_printf(step->mem, "api/v2/builds/%" PRId64 "/artifacts/%s",
                                   step->build->id, encode(step->mem, name)));
}

static bool send_file(struct upload *upload, int root, const char *path, struct ci_err *err)
{
    struct artifact artifact = {
        .name = name_of(upload, path),
        .keep_stamp = upload->args->keep_stamp,
        .keep = upload->args->keep,
    };
    CI_CLEANUP(below_close) int fd = open_file(root, path, &artifact.info, err);

    if (fd < 0)
        return false;
    artifact.fd = fd;
    if (!artifact_put(upload->step, &artifact, upload->begin, err))
        return ci_fail_in(err, "%s", path);
    steplog_say(&upload->step->log, "%s, %" PRId64 " bytes", artifact.name,
                (int64_t)artifact.info.st_size);
    add_link(upload, artifact.name);
    upload->done++;
    upload->bytes += artifact.info.st_size;
    return true;
}

static bool send_all(struct upload *upload, int root, struct ci_strs files, struct ci_err *err)
{
    if (!check_sizes(upload, root, files, err))
        return false;
    for (size_t i = 0; i < files.count; i++)
        if (!kit_goes_on(upload->step, upload->begin, err) ||
            !send_file(upload, root, files.items[i], err))
            return false;
    return true;
}

static void upload_files(struct upload *upload, int root, struct ci_strs files,
                         struct step_end *end)
{
    struct step *step = upload->step;
    struct ci_err err;

    if (files.count == 0 && !upload->args->allow_missing)
        kit_ends(step, end, CI_FAILURE, "nothing to upload");
    else if (!send_all(upload, root, files, &err))
        kit_fails(step, end, &err);
    else
        kit_ends(step, end, CI_SUCCESS, "uploaded %s, %" PRId64 " bytes",
                 kit_count(step, upload->done, "file", "files"), upload->bytes);
}

void step_do_upload(struct step *step, struct step_end *end)
{
    const struct ci_upload_args *args = step->def->args;
    struct upload upload = {.step = step, .args = args, .skip = "", .begin = ci_mono_now()};
    struct ci_strs files = {0};
    struct ci_err err;
    CI_CLEANUP(below_close) int root = below_root(step->dir, &err);

    if (root < 0 || !glob_find(root, args->files, step->mem, &files, &err))
        kit_fails(step, end, &err);
    else
        upload_files(&upload, root, files, end);
}

void step_do_upload_directory(struct step *step, struct step_end *end)
{
    const struct ci_upload_args *args = step->def->args;
    struct upload upload = {.step = step, .args = args, .skip = "", .begin = ci_mono_now()};
    struct ci_strs files = {0};
    const char *folder;
    struct ci_err err;
    CI_CLEANUP(below_close) int root = below_root(step->dir, &err);

    if (root < 0 || !below_normal(step->mem, args->directory, &folder, &err) ||
        !glob_all(root, folder, step->mem, &files, &err)) {
        kit_fails(step, end, &err);
        return;
    }
    if (strcmp(folder, ".") != 0)
        upload.skip = ci_mem_printf(step->mem, "%s/", folder);
    upload_files(&upload, root, files, end);
}

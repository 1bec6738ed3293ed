/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching files in pieces, each checked before anything of it is believed. */
#include "artifact.h"
#include "below.h"
#include "shared/file.h"
#include "step_kit.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { GET_SECONDS = 300, MODE_DEFAULT = 0644 };

static bool has_hash(const unsigned char *hash, const char *wanted)
{
    char hex[ARTIFACT_HEX];

    artifact_hex(hash, hex);
    return wanted && strcmp(hex, wanted) == 0;
}

static bool get_piece(struct step *step, const char *hex, void *mem, struct ci_bytes *out,
                      struct ci_err *err)
{
    const struct step_request request = {
        .path = ci_mem_printf(mem, "blobs/%s", hex),
        .timeout = ci_seconds(GET_SECONDS),
    };
    struct step_reply reply = {0};
    unsigned char hash[ARTIFACT_HASH];

    if (!step_call(step, &request, mem, &reply, err))
        return false;
    if (reply.status != 200)
        return ci_fail(err, CI_ENOTFOUND, "%s", reply.error ? reply.error : "a piece is missing");
    crypto_hash_sha256(hash, reply.body.data, reply.body.len);
    *out = reply.body;
    return has_hash(hash, hex) || ci_fail(err, CI_EUNAVAILABLE, "a piece is damaged");
}

/* All pieces into fd; the whole must be what the list says. */
static bool get_pieces(struct step *step, json_t *item, int fd, struct ci_mono begin,
                       struct ci_err *err)
{
    crypto_hash_sha256_state whole;
    unsigned char hash[ARTIFACT_HASH];
    json_t *chunk;
    size_t i;

    crypto_hash_sha256_init(&whole);
    json_array_foreach(json_object_get(item, "chunks"), i, chunk) {
        CI_AUTO_MEM mem = ci_mem_new();
        const char *hex = json_string_value(chunk);
        struct ci_bytes piece = {0};

        if (!hex || strlen(hex) != ARTIFACT_HEX - 1)
            return ci_fail(err, CI_EINVALID, "the builder's list names no piece");
        if (!kit_goes_on(step, begin, err) || !get_piece(step, hex, mem, &piece, err))
            return false;
        crypto_hash_sha256_update(&whole, piece.data, piece.len);
        if (!ci_write_all(fd, piece))
            return below_fail(err, "write", "the file");
    }
    crypto_hash_sha256_final(&whole, hash);
    return has_hash(hash, json_string_value(json_object_get(item, "sha256"))) ||
           ci_fail(err, CI_EUNAVAILABLE, "its checksum is wrong");
}

static int mode_of(json_t *item, int mode)
{
    json_t *stored = json_object_get(item, "mode");

    if (mode >= 0)
        return mode;
    return json_is_integer(stored) ? (int)(json_integer_value(stored) & 0777) : MODE_DEFAULT;
}

static bool finish(json_t *item, int fd, int mode)
{
    json_t *mtime = json_object_get(item, "mtime");
    const struct timespec times[] = {{.tv_nsec = UTIME_OMIT},
                                     {.tv_sec = (time_t)json_integer_value(mtime)}};

    return fchmod(fd, (mode_t)mode_of(item, mode)) == 0 &&
           (!json_is_integer(mtime) || futimens(fd, times) == 0);
}

bool artifact_get(struct step *step, json_t *item, int root, const char *path, int mode,
                  struct ci_mono begin, struct ci_err *err)
{
    CI_CLEANUP(below_close) int parent = -1, fd = -1;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *slash = strrchr(path, '/'), *name, *temporary;

    if (slash && !below_make(root, ci_mem_strndup(mem, path, (size_t)(slash - path)), err))
        return false;
    parent = below_parent(root, path, &name);
    if (parent < 0)
        return below_fail(err, "open the folder of", path);
    temporary = ci_mem_printf(mem, ".%.200s.part", name);
    unlinkat(parent, temporary, 0);
    fd = openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return below_fail(err, "create", path);
    if (!get_pieces(step, item, fd, begin, err)) {
        unlinkat(parent, temporary, 0);
        return ci_fail_in(err, "%s", path);
    }
    if (finish(item, fd, mode) && renameat(parent, temporary, parent, name) == 0)
        return true;
    below_fail(err, "write", path);
    unlinkat(parent, temporary, 0);
    return false;
}

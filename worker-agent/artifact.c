/* SPDX-License-Identifier: Apache-2.0 */
/* Sending files in pieces. */
#include "artifact.h"

#include "below.h"
#include "step_kit.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { PUT_SECONDS = 300, ASK_BYTES = 64 << 10, ROUNDS = 3 };

_Static_assert(ARTIFACT_HASH == crypto_hash_sha256_BYTES, "SHA-256");

void artifact_hex(const void *hash, char out[ARTIFACT_HEX])
{
    sodium_bin2hex(out, ARTIFACT_HEX, hash, ARTIFACT_HASH);
}

/* A whole piece, or what is left of the file; -1 with *err. */
static ssize_t read_piece(int fd, char *piece, const char *name, struct ci_err *err)
{
    size_t len = 0;
    ssize_t n = 1;

    while (len < ARTIFACT_PIECE && n > 0) {
        n = read(fd, piece + len, ARTIFACT_PIECE - len);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            len += (size_t)n;
    }
    if (n < 0)
        below_fail(err, "read", name);
    return n < 0 ? -1 : (ssize_t)len;
}

/* Any answer but the wanted one as an error. */
static bool judge(const struct step_reply *reply, struct ci_err *err)
{
    enum ci_errc code = reply->status == 413   ? CI_ETOOLARGE
                        : reply->status == 404 ? CI_ENOTFOUND
                        : reply->status == 410 ? CI_EGONE
                                               : CI_EINVALID;

    return reply->status < 300 || ci_fail(err, code, "%s", reply->error ? reply->error : "refused");
}

/* Small pieces go at once: to ask would cost as much. Of what file of which size it is a piece is
 * told with each, so that one too large is refused before it is sent. */
static bool put_piece(struct step *step, const char *hex, struct ci_bytes piece, int64_t of,
                      bool ask, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct step_request request = {
        .method = "HEAD",
        .path = ci_mem_printf(mem, "blobs/%s?of=%" PRId64, hex, of),
    };
    struct step_reply reply = {0};

    if (ask && piece.len > ASK_BYTES) {
        if (!step_call(step, &request, mem, &reply, err))
            return false;
        if (reply.status == 200)
            return true;
    }
    request.method = "PUT";
    request.body = piece;
    request.content_type = "application/octet-stream";
    request.timeout = ci_seconds(PUT_SECONDS);
    return step_call(step, &request, mem, &reply, err) && judge(&reply, err);
}

/* What is known of the file when its pieces are stored. */
struct stored {
    json_t *chunks;
    char hex[ARTIFACT_HEX];
    int64_t size;
};

static bool put_pieces(struct step *step, const struct artifact *artifact, bool ask,
                       struct ci_mono begin, struct stored *out, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *piece = ci_mem_array(mem, char, ARTIFACT_PIECE);
    crypto_hash_sha256_state whole;
    unsigned char hash[ARTIFACT_HASH];
    char hex[ARTIFACT_HEX];
    ssize_t len;

    if (lseek(artifact->fd, 0, SEEK_SET) != 0)
        return below_fail(err, "read", artifact->name);
    crypto_hash_sha256_init(&whole);
    while ((len = read_piece(artifact->fd, piece, artifact->name, err)) > 0) {
        if (!kit_goes_on(step, begin, err))
            return false;
        crypto_hash_sha256_update(&whole, (unsigned char *)piece, (size_t)len);
        crypto_hash_sha256(hash, (unsigned char *)piece, (size_t)len);
        artifact_hex(hash, hex);
        if (!put_piece(step, hex, (struct ci_bytes){piece, (size_t)len}, artifact->info.st_size,
                       ask, err))
            return false;
        json_array_append_new(out->chunks, json_string(hex));
        out->size += len;
    }
    if (len < 0)
        return false;
    crypto_hash_sha256_final(&whole, hash);
    artifact_hex(hash, out->hex);
    return out->size == artifact->info.st_size ||
           ci_fail(err, CI_ECONFLICT, "%s changed while it was read", artifact->name);
}

/* *missing: pieces were removed meanwhile, for nothing needed them. */
static bool announce(struct step *step, const struct artifact *artifact,
                     const struct stored *stored, bool *missing, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct stat *info = &artifact->info;
    json_auto_t *body =
        json_pack("{s:i, s:s, s:I, s:s, s:O, s:i}", "step", step->number, "name", artifact->name,
                  "size", (json_int_t)stored->size, "sha256", stored->hex, "chunks", stored->chunks,
                  "mode", (int)(info->st_mode & 0777));
    const struct step_request request = {.method = "POST", .path = "artifacts", .json = body};
    struct step_reply reply = {0};

    if (!body)
        return ci_fail(err, CI_EINVALID, "the name of %s is no UTF-8", artifact->name);
    if (artifact->keep_stamp)
        json_object_set_new(body, "mtime", json_integer(info->st_mtim.tv_sec));
    if (artifact->keep.us > 0)
        json_object_set_new(body, "keep", json_integer(artifact->keep.us / 1000000));
    if (!step_call(step, &request, mem, &reply, err))
        return false;
    *missing = reply.status == 409 && json_object_get(reply.json, "missing");
    return *missing || judge(&reply, err);
}

bool artifact_put(struct step *step, const struct artifact *artifact, struct ci_mono begin,
                  struct ci_err *err)
{
    bool missing = true;

    for (int round = 0; missing && round < ROUNDS; round++) {
        json_auto_t *chunks = json_array();
        struct stored stored = {.chunks = chunks};

        if (!put_pieces(step, artifact, round == 0, begin, &stored, err) ||
            !announce(step, artifact, &stored, &missing, err))
            return false;
    }
    return !missing ||
           ci_fail(err, CI_EUNAVAILABLE, "the store loses pieces of %s", artifact->name);
}

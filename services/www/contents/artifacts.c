/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What builds have left behind, as bytes. An artifact is read window by window
 * while it is sent; no connection to the database is held meanwhile.
 */
#include "contents/artifacts.h"

#include "reply.h"
#include "shared/depot.h"
#include "shared/log.h"
#include "www_sql.h"

#include <inttypes.h>
#include <string.h>

enum { WINDOW = 1 << 20 }; /* bytes read at once */

struct piece {
    const char *sha256;
    int64_t size;
};
static const struct ci_field piece_fields[] = {
    CI_FIELD(struct piece, sha256, 0),
    CI_FIELD(struct piece, size, 0),
};
static const struct ci_record piece_record = CI_RECORD("piece", struct piece, piece_fields);

struct file_stream {
    struct ci_depot_store *store;
    int64_t artifactid;
    struct ci_list pieces; /* struct piece; in the stream's own memory */
    size_t piece;          /* the one being read */
    int64_t offset;        /* in it */
    int64_t left;          /* bytes still to be sent, the window's among them */
    void *mem;             /* of the window; emptied with it */
    struct ci_bytes window;
};

/* Reads the next bytes into the window. */
static bool load_window(struct file_stream *stream, struct ci_err *err)
{
    const struct piece *piece = (const struct piece *)stream->pieces.items + stream->piece;
    int64_t length = stream->left < WINDOW ? stream->left : WINDOW;
    const char *key;

    talloc_free_children(stream->mem);
    stream->window.len = 0;
    if (stream->piece == stream->pieces.count)
        return ci_fail(err, CI_EINTERNAL, "its pieces are shorter than it is");
    if (length > piece->size - stream->offset)
        length = piece->size - stream->offset;
    key = ci_mem_printf(stream->mem, "chunks/%s", piece->sha256);
    if (!ci_blob_get_range(stream->store->blobs, key, (uint64_t)stream->offset, (size_t)length,
                           stream->mem, &stream->window, err))
        return false;
    if ((int64_t)stream->window.len != length)
        return ci_fail(err, CI_EINTERNAL, "piece %s is shorter than it was", piece->sha256);
    stream->offset += length;
    if (stream->offset == piece->size) {
        stream->piece++;
        stream->offset = 0;
    }
    return true;
}

static ssize_t file_read(void *user, char *out, size_t max)
{
    struct file_stream *stream = user;
    struct ci_err err;
    size_t len;

    if (stream->left == 0)
        return -1;
    if (stream->window.len == 0 && !load_window(stream, &err)) {
        /* The status went out long ago; the length that was told shows the client that it ends
         * early. */
        ci_log(CI_WARN, "artifact.stream_cut", ci_kv("artifact", stream->artifactid),
               ci_kv("error", (const char *)err.msg));
        return -1;
    }
    len = stream->window.len < max ? stream->window.len : max;
    memcpy(out, stream->window.data, len);
    stream->window =
        (struct ci_bytes){(const char *)stream->window.data + len, stream->window.len - len};
    stream->left -= (int64_t)len;
    return (ssize_t)len;
}

static void file_free(void *user)
{
    struct file_stream *stream = user;

    ci_depot_give(stream->store);
    ci_mem_free(stream);
}

static bool find_pieces(struct www *www, struct file_stream *stream, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(www->app->db, &tx, err) &&
           ci_db_rows(&tx, &sql_artifact_pieces, CI_ARGS(ci_arg(stream->artifactid)), &piece_record,
                      stream, &stream->pieces, err);
}

/* Goes to where the part begins. */
static void seek(struct file_stream *stream, int64_t offset)
{
    const struct piece *pieces = stream->pieces.items;

    while (stream->piece < stream->pieces.count && offset >= pieces[stream->piece].size)
        offset -= pieces[stream->piece++].size;
    stream->offset = offset;
}

/* The first window is read here: what is missing can be told as a status still. */
static bool open_stream(struct www *www, const struct ci_artifact *artifact,
                        const struct artifact_part *part, struct file_stream *stream,
                        struct ci_err *err)
{
    stream->artifactid = artifact->artifactid;
    stream->left = part->length;
    stream->mem = talloc_new(stream);
    if (part->length == 0)
        return true;
    if (!ci_depot_take(www->depot, &stream->store, err) || !find_pieces(www, stream, err))
        return false;
    seek(stream, part->offset);
    return load_window(stream, err);
}

static bool send_part(struct www *www, const struct ci_request *request,
                      const struct ci_artifact *artifact, const struct artifact_part *part,
                      struct ci_response *response, struct ci_err *err)
{
    struct file_stream *stream = ci_mem_zero(NULL, struct file_stream);

    if (!open_stream(www, artifact, part, stream, err)) {
        file_free(stream);
        return ci_fail_in(err, "artifact %" PRId64, artifact->artifactid);
    }
    response->stream = ci_mem_zero(request->mem, struct ci_stream);
    *response->stream = (struct ci_stream){.read = file_read,
                                           .free = file_free,
                                           .user = stream,
                                           .sized = true,
                                           .length = part->length};
    return true;
}

/* The last part of a path as a header's file name: whatever would need quoting becomes _. */
static const char *header_name(const char *path, void *mem)
{
    const char *slash = strrchr(path, '/');
    char *name = ci_mem_strdup(mem, slash ? slash + 1 : path);

    for (char *at = name; *at; at++) {
        if (*at < ' ' || *at > '~' || strchr("\"\\%;/", *at))
            *at = '_';
    }
    return name;
}

static void set_headers(const struct ci_request *request, const char *name, bool shown,
                        struct ci_response *response)
{
    ci_response_header(request, response, "Content-Security-Policy",
                       "sandbox; default-src 'none'; style-src 'self' 'unsafe-inline'; "
                       "img-src 'self' data:; font-src 'self' data:");
    ci_response_header(request, response, "X-Content-Type-Options", "nosniff");
    ci_response_header(request, response, "Content-Disposition",
                       ci_mem_printf(request->mem, "%s; filename=\"%s\"",
                                     shown ? "inline" : "attachment",
                                     header_name(name, request->mem)));
}

bool artifact_file(struct www *www, const struct ci_request *request,
                   const struct ci_artifact *artifact, struct ci_response *response,
                   struct ci_err *err)
{
    const char *tag = ci_mem_printf(request->mem, "\"%s\"", artifact->sha256);
    const char *condition = ci_request_header(request, "if-range");
    const char *wanted = ci_request_header(request, "range");
    struct artifact_part part = {0, artifact->size};
    enum artifact_range range;
    bool shown;

    ci_response_header(request, response, "ETag", tag);
    ci_response_header(request, response, "Accept-Ranges", "bytes");
    if (artifact_tag_matches(ci_request_header(request, "if-none-match"), tag)) {
        response->status = 304;
        return true;
    }
    range = artifact_range(condition && strcmp(condition, tag) != 0 ? NULL : wanted, artifact->size,
                           &part);
    if (range != ARTIFACT_WHOLE) {
        response->status = range == ARTIFACT_PART ? 206 : 416;
        ci_response_header(
            request, response, "Content-Range",
            range == ARTIFACT_PART
                ? ci_mem_printf(request->mem, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, part.offset,
                                part.offset + part.length - 1, artifact->size)
                : ci_mem_printf(request->mem, "bytes */%" PRId64, artifact->size));
    }
    response->content_type = artifact_type(artifact->name, &shown);
    set_headers(request, artifact->name, shown, response);
    return range == ARTIFACT_NO_PART || send_part(www, request, artifact, &part, response, err);
}

struct value {
    struct ci_bytes value;
};
static const struct ci_field value_fields[] = {CI_FIELD(struct value, value, 0)};
static const struct ci_record value_record = CI_RECORD("value", struct value, value_fields);

bool artifact_value(struct www *www, const struct ci_request *request,
                    const struct ci_build_data *data, struct ci_response *response,
                    struct ci_err *err)
{
    struct value value = {
        {"", 0}
    };
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(www->app->db, &tx, err) ||
        !ci_db_one(&tx, &sql_build_data_value, CI_ARGS(ci_arg(data->buildid), ci_arg(data->name)),
                   &value_record, request->mem, &value, err))
        return false;
    response->raw = value.value;
    response->content_type = "application/octet-stream";
    set_headers(request, data->name, false, response);
    return true;
}

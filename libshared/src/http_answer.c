/* SPDX-License-Identifier: Apache-2.0 */
/* From our answer to ulfius': its body written out, tagged, packed, and its headers. */
#include "http_coding.h"
#include "http_server.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Less is not worth a coding's own head. */
enum { PACK_FROM = 1024 };

struct answer {
    struct ci_server *server;
    const struct ci_request *request;
    struct ci_response *response;
};

/* ---- headers ---- */

/*
 * ulfius keeps headers in a map by exact name. A second Set-Cookie takes
 * another spelling of that name, as letter case means nothing in HTTP.
 */
static void put_header(struct _u_map *map, const char *name, const char *value)
{
    char spelling[64];
    size_t len = strlen(name);

    if (len >= sizeof(spelling))
        len = sizeof(spelling) - 1;
    memcpy(spelling, name, len);
    spelling[len] = '\0';
    for (size_t i = 0; i < len && u_map_has_key(map, spelling); i++) {
        if (isalpha((unsigned char)spelling[i]))
            spelling[i] = (char)(spelling[i] ^ ('a' ^ 'A'));
    }
    u_map_put(map, spelling, value);
}

static void put_defaults(const struct answer *answer, struct _u_map *map)
{
    const struct ci_default_header *header = answer->server->options.headers;

    for (; header && header->name; header++) {
        if (!ci_response_get(answer->response, header->name) &&
            (!header->only_secure || answer->request->secure))
            u_map_put(map, header->name, header->value);
    }
}

static void put_headers(const struct answer *answer, struct _u_map *map)
{
    const struct ci_response *response = answer->response;

    if (response->content_type)
        u_map_put(map, "Content-Type", response->content_type);
    u_map_put(map, "X-Request-Id", answer->request->id);
    for (size_t i = 0; i < response->headers.count; i++)
        put_header(map, response->headers.items[i].name, response->headers.items[i].value);
    put_defaults(answer, map);
    if (ci_server_draining(answer->server) && !response->websocket)
        u_map_put(map, "Connection", "close");
}

/* ---- the body ---- */

/* JSON becomes bytes in the request's mem. */
static void write_json(const struct answer *answer)
{
    struct ci_response *response = answer->response;
    size_t indent =
        response->json_indent > 0 ? JSON_INDENT((size_t)response->json_indent) : JSON_COMPACT;

    if (!response->body)
        return;
    char *text = json_dumps(response->body, indent | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (!text)
        abort(); /* out of memory */
    size_t len = strlen(text);
    response->raw = (struct ci_bytes){ci_mem_dup(answer->request->mem, text, len), len};
    free(text);
    json_decref(CI_STEAL(response->body));
}

/* What the handler left to us. */
static void settle(const struct answer *answer)
{
    struct ci_response *response = answer->response;
    bool has_content = response->body || response->raw.data || response->stream;

    if (!response->status)
        response->status = response->websocket ? 101 : has_content ? 200 : 204;
    if (!response->content_type && has_content)
        response->content_type = response->body ? "application/json" : "application/octet-stream";
    write_json(answer);
}

static bool only_reads(const struct ci_request *request)
{
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

/* Tags the body, and leaves it out where the client has it. */
static void tag(const struct answer *answer)
{
    struct ci_response *response = answer->response;
    const char *caching = ci_response_get(response, "Cache-Control");
    const char *known = ci_request_header(answer->request, "if-none-match");
    const char *own = ci_response_get(response, "ETag");

    if (response->status != 200 || !response->raw.len || !only_reads(answer->request) || own ||
        (caching && strstr(caching, "no-store")))
        return;
    own = ci_etag_of(response->raw, answer->request->mem);
    ci_response_header(answer->request, response, "ETag", own);
    if (known && ci_etag_matches(known, own)) {
        response->status = 304;
        response->raw = (struct ci_bytes){0};
        response->content_type = NULL;
    }
}

/* Whether the answer may come packed; parts of a whole may not: the ranges are of the plain one. */
static bool is_packable(const struct ci_response *response)
{
    if (ci_response_get(response, "Content-Encoding") || response->status == 206)
        return false;
    if (response->status == 304 || !ci_coding_suits(response->content_type))
        return false;
    return response->stream ? !response->stream->sized : response->raw.len >= PACK_FROM;
}

static void pack(const struct answer *answer)
{
    struct ci_response *response = answer->response;
    const struct ci_request *request = answer->request;
    enum ci_coding coding = ci_coding_choose(ci_request_header(request, "accept-encoding"),
                                             1U << CI_CODING_ZSTD | 1U << CI_CODING_GZIP);

    if (!is_packable(response))
        return;
    ci_response_add(request, response, "Vary", "Accept-Encoding");
    if (coding == CI_CODING_NONE)
        return;
    if (response->stream)
        response->stream = ci_coding_stream(coding, response->stream, request->mem);
    else
        response->raw = ci_coding_pack(coding, response->raw, request->mem);
    ci_response_header(request, response, "Content-Encoding", ci_coding_name(coding));
}

bool ci_answer_send(struct ci_server *server, struct MHD_Connection *connection,
                    const struct ci_request *request, struct ci_response *response,
                    struct _u_response *reply)
{
    struct answer answer = {server, request, response};

    settle(&answer);
    tag(&answer);
    pack(&answer);
    put_headers(&answer, reply->map_header);
    reply->status = (unsigned)response->status;
    if (response->raw.len)
        ulfius_set_binary_body_response(reply, (unsigned)response->status, response->raw.data,
                                        response->raw.len);
    if (response->raw.len || !response->stream)
        return false;
    /* A stream may be silent for long; the kernel's keep-alive finds peers that are gone. */
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
    ci_stream_send(server, response->stream, response->status, request->mem, reply);
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include "json_text.h"
#include "shared/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of `json` (taken) in mem. */
static struct ci_bytes compact(void *mem, json_t *json)
{
    struct ci_buf text;

    ci_buf_init(&text, mem);
    json_text_add(&text, json);
    json_decref(json);
    return (struct ci_bytes){text.text, text.len};
}

/* The same laid out for people; jansson allocates by malloc, so it moves. */
static struct ci_bytes laid_out(void *mem, json_t *json)
{
    char *text =
        json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    struct ci_bytes bytes = {"null", 4};

    if (text) {
        bytes.len = strlen(text);
        bytes.data = ci_mem_dup(mem, text, bytes.len);
    }
    free(text);
    json_decref(json);
    return bytes;
}

/* What builds and commits wrote must never be taken for a page, whatever it looks like. */
static void set_type(const struct ci_request *request, struct ci_response *response,
                     const char *type)
{
    response->content_type = type;
    ci_response_header(request, response, "X-Content-Type-Options", "nosniff");
}

const char *reply_text(void *mem, json_t *json)
{
    return compact(mem, json).data;
}

bool reply_is_compact(const struct ci_request *request)
{
    const char *accept = ci_request_header(request, "accept");

    return accept && strstr(accept, "application/json");
}

void reply_json_headers(const struct ci_request *request, struct ci_response *response)
{
    set_type(request, response,
             reply_is_compact(request) ? "application/json; charset=utf-8"
                                       : "text/plain; charset=utf-8");
}

void reply_json(const struct ci_request *request, struct ci_response *response, json_t *body)
{
    response->raw =
        reply_is_compact(request) ? compact(request->mem, body) : laid_out(request->mem, body);
    reply_json_headers(request, response);
}

void reply_compact(const struct ci_request *request, struct ci_response *response, int status,
                   json_t *body)
{
    response->status = status;
    response->raw = compact(request->mem, body);
    set_type(request, response, "application/json");
}

bool reply_error(const struct ci_request *request, struct ci_response *response, int status,
                 const char *fmt, ...)
{
    char text[1000];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    /* A text that was cut may end within a character. */
    const char *clean = ci_utf8_clean(request->mem, text, strlen(text));
    reply_compact(request, response, status, json_pack("{s:s}", "error", clean));
    response->content_type = "text/plain; charset=utf-8";
    return true;
}

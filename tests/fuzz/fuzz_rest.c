/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a client sends to the REST API: the first line is a query
 * string, read for every resource and by the badge; the second an
 * Accept-Encoding, If-None-Match and X-Forwarded-For; the rest a JSON-RPC body.
 */
#include "control/rpc.h"
#include "http_internal.h"
#include "pages/badge.h"
#include "rest/query.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes a line off the text. */
static const char *next_line(char **rest)
{
    const char *line = strsep(rest, "\n");

    return line ? line : "";
}

static bool all_text(struct ci_pairs query)
{
    for (size_t i = 0; i < query.count; i++) {
        if (!ci_utf8_is_valid(query.items[i].name, strlen(query.items[i].name)) ||
            !ci_utf8_is_valid(query.items[i].value, strlen(query.items[i].value)))
            return false;
    }
    return true;
}

static void try_query(struct ci_pairs query, void *mem)
{
    struct badge badge;

    if (!all_text(query)) /* the server refuses it before any handler */
        return;
    for (size_t i = 0; rest_resources[i]; i++) {
        struct query_options options = {0};
        struct rest_scope scope = {0};
        struct query_sql sql;
        struct ci_err err;

        if (query_parse(rest_resources[i], true, query, mem, &options, &err))
            query_rows(rest_resources[i], &scope, &options, mem, &sql);
        (void)!query_parse(rest_resources[i], false, query, mem, &options, &err);
    }
    badge_read(query, "success", mem, &badge);
    const char *svg = badge_svg(&badge, mem);
    if (!ci_utf8_is_valid(svg, strlen(svg)) || strstr(svg, "<script"))
        abort();
}

static void try_headers(const char *text, void *mem)
{
    static const struct ci_network everywhere[] = {{.prefix = 0}};
    const char *client = ci_network_client((struct ci_networks){everywhere, 1}, "::1", text, mem);
    struct ci_network network;

    if (!ci_network_parse(client, &network))
        abort();
    (void)ci_coding_choose(text, ~0U);
    (void)ci_etag_matches(text, "W/\"a\"");
}

static void try_call(const char *body, void *mem)
{
    static const struct ci_pair type[] = {
        {"content-type", "application/json"}
    };
    const struct ci_request request = {
        .mem = mem, .method = "POST", .headers = {type, 1           },
                .raw = {body, strlen(body)}
    };
    struct rpc_call call;
    struct rpc_error error;
    struct ci_response response = {0};

    if (rpc_parse(&request, &call, &error) ? !call.method || !call.id || !call.params
                                           : !error.status || !error.message)
        abort();
    if (error.status)
        rpc_reply_error(&request, &response, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *rest = ci_mem_strndup(mem, (const char *)data, size);
    const char *query = next_line(&rest);

    try_query(ci_query_parse(mem, query, strlen(query)), mem);
    try_headers(next_line(&rest), mem);
    try_call(rest ? rest : "", mem);
    return 0;
}

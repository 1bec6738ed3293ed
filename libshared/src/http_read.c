/* SPDX-License-Identifier: Apache-2.0 */
/* From ulfius' request to ours. What ulfius keeps differently is read from the original text. */
#include "http_server.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

static const char *peer_address(void *mem, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *addr = info ? info->client_addr : NULL;
    char text[INET6_ADDRSTRLEN] = "";
    static const char mapped[] = "::ffff:";

    if (addr && addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr, text,
                  sizeof(text));
    else if (addr && addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)addr)->sin_addr, text,
                  sizeof(text));
    /* IPv4 through a dual-stack socket. */
    if (strncmp(text, mapped, sizeof(mapped) - 1) == 0 && strchr(text, '.'))
        return ci_mem_strdup(mem, text + sizeof(mapped) - 1);
    return ci_mem_strdup(mem, text);
}

static struct ci_pairs read_headers(void *mem, const struct _u_map *map)
{
    size_t count = (size_t)u_map_count(map);
    const char **names = u_map_enum_keys(map);
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, count + 1);

    for (size_t i = 0; i < count; i++) {
        char *name = ci_mem_strdup(mem, names[i]);

        for (char *c = name; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        items[i].name = name;
        items[i].value = u_map_get(map, names[i]);
    }
    return (struct ci_pairs){items, count};
}

static const char *request_id(void *mem, const char *given)
{
    uint64_t random = 0;

    if (ci_request_id_valid(given))
        return ci_mem_strdup(mem, given);
    if (getrandom(&random, sizeof(random), 0) != sizeof(random))
        random = (uint64_t)ci_mono_now().us;
    return ci_mem_printf(mem, "%016llx", (unsigned long long)random);
}

/* Every X-Forwarded-For there is, in order: a second spelling of the name must not hide the first.
 */
static const char *forwarded_for(const struct ci_request *request)
{
    const char *all = NULL;

    for (size_t i = 0; i < request->headers.count; i++) {
        const struct ci_pair *header = &request->headers.items[i];

        if (strcmp(header->name, "x-forwarded-for") == 0)
            all = all ? ci_mem_printf(request->mem, "%s,%s", all, header->value) : header->value;
    }
    return all;
}

static bool came_by_tls(const struct ci_server *server, const struct ci_request *request)
{
    const char *scheme = ci_request_header(request, "x-forwarded-proto");

    if (server->options.tls_key)
        return true;
    return scheme && strcasecmp(scheme, "https") == 0 &&
           ci_networks_hold(server->options.trusted_proxies, request->peer);
}

void ci_exchange_read(const struct ci_server *server, const struct _u_request *http,
                      struct MHD_Connection *connection, void *mem, struct ci_request *out)
{
    const char *question = strchr(http->http_url, '?');

    out->mem = mem;
    out->now = ci_time_now();
    out->method = http->http_verb;
    out->path = ci_url_decode(mem, http->url_path, strlen(http->url_path), false);
    out->headers = read_headers(mem, http->map_header);
    out->id = request_id(mem, ci_request_header(out, "x-request-id"));
    out->peer = peer_address(mem, connection);
    out->client =
        ci_network_client(server->options.trusted_proxies, out->peer, forwarded_for(out), mem);
    out->secure = came_by_tls(server, out);
    if (http->binary_body_length)
        out->raw = (struct ci_bytes){http->binary_body, http->binary_body_length};
    if (question)
        out->query = ci_query_parse(mem, question + 1, strlen(question + 1));
}

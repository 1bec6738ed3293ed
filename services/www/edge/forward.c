/* SPDX-License-Identifier: Apache-2.0 */
#include "edge/forward.h"

#include "access/access.h"
#include "access/cookie.h"
#include "reply.h"
#include "shared/delivery.h"
#include "www.h"
#include "www_sql.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { IDLE_MOST = 8, TIMEOUT_S = 30 };

struct forwarders {
    pthread_mutex_t lock;
    struct ci_client *idle[IDLE_MOST]; /* guarded by lock */
    size_t count;                      /* guarded by lock */
};

struct forwarders *forwarders_new(void)
{
    struct forwarders *forwarders = ci_mem_zero(NULL, struct forwarders);

    pthread_mutex_init(&forwarders->lock, NULL);
    return forwarders;
}

void forwarders_free(struct forwarders *forwarders)
{
    if (!forwarders)
        return;
    for (size_t i = 0; i < forwarders->count; i++)
        ci_client_close(forwarders->idle[i]);
    pthread_mutex_destroy(&forwarders->lock);
    ci_mem_free(forwarders);
}

static bool take(struct forwarders *forwarders, struct ci_client **out, struct ci_err *err)
{
    static const struct ci_client_options options = {.user_agent = "slipway-www/" SLIPWAY_VERSION,
                                                     .connect_timeout = {3000000}};

    pthread_mutex_lock(&forwarders->lock);
    *out = forwarders->count ? forwarders->idle[--forwarders->count] : NULL;
    pthread_mutex_unlock(&forwarders->lock);
    return *out || ci_client_open(&options, out, err);
}

static void give_back(struct forwarders *forwarders, struct ci_client *client)
{
    pthread_mutex_lock(&forwarders->lock);
    if (forwarders->count < IDLE_MOST) {
        forwarders->idle[forwarders->count++] = client;
        client = NULL;
    }
    pthread_mutex_unlock(&forwarders->lock);
    ci_client_close(client);
}

/* Percent-encodes all but RFC 3986's unreserved characters, and slashes where they separate. */
static void add_encoded(struct ci_buf *out, const char *text, bool path)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++) {
        if (strchr(plain, *text) || (path && *text == '/'))
            ci_buf_add(out, text, 1);
        else
            ci_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

const char *forward_url(const char *base, const struct ci_request *request)
{
    size_t len = strlen(base);
    struct ci_buf out;

    while (len && base[len - 1] == '/')
        len--;
    ci_buf_init(&out, request->mem);
    ci_buf_add(&out, base, len);
    add_encoded(&out, request->path, true);
    for (size_t i = 0; i < request->query.count; i++) {
        ci_buf_puts(&out, i ? "&" : "?");
        add_encoded(&out, request->query.items[i].name, false);
        ci_buf_puts(&out, "=");
        add_encoded(&out, request->query.items[i].value, false);
    }
    return out.text;
}

/* Headers that belong to one connection, or that the client sets itself. */
static bool stays_here(const char *name)
{
    static const char *const names[] = {"accept-encoding",
                                        "connection",
                                        "content-length",
                                        "content-type",
                                        "expect",
                                        "host",
                                        "keep-alive",
                                        "proxy-authenticate",
                                        "te",
                                        "x-forwarded-for",
                                        "x-forwarded-proto",
                                        CI_HEADER_SENDER,
                                        "trailer",
                                        "upgrade",
                                        "proxy-authorization",
                                        "cookie",
                                        "transfer-encoding"};

    for (size_t i = 0; i < CI_COUNT(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* `handle` NULL: nobody said who they are. Else the token has done its work, and stays here. */
static struct ci_pairs forwarded_headers(const struct ci_request *request, const char *handle)
{
    struct ci_pair *items = ci_mem_array(request->mem, struct ci_pair, request->headers.count + 3);
    size_t count = 0;

    for (size_t i = 0; i < request->headers.count; i++)
        if (!stays_here(request->headers.items[i].name) &&
            !(handle && strcmp(request->headers.items[i].name, "authorization") == 0))
            items[count++] = request->headers.items[i];
    if (handle)
        items[count++] = (struct ci_pair){CI_HEADER_SENDER, handle};
    /* From where it came as we know it; what the sender claims stays here. */
    if (request->client)
        items[count++] = (struct ci_pair){"x-forwarded-for", request->client};
    if (!ci_request_header(request, "x-request-id") && request->id)
        items[count++] = (struct ci_pair){"x-request-id", request->id};
    return (struct ci_pairs){items, count};
}

/* Whoever climbs out of /change_hook would be at what the service has for nobody outside. */
static bool climbs(const char *path)
{
    for (;;) {
        size_t len = strcspn(path, "/");

        if ((len == 1 && path[0] == '.') || (len == 2 && memcmp(path, "..", 2) == 0))
            return true;
        if (!path[len])
            return false;
        path += len + 1;
    }
}

/* The dialect of our own reports; what forges say in Authorization is for the hooks. */
static bool is_report(const char *path)
{
    return strcmp(path, "/change_hook") == 0 || strcmp(path, "/change_hook/") == 0 ||
           strcmp(path, "/change_hook/base") == 0;
}

/* Who reports something with a token is kept under a handle, which the delivery carries. */
static bool keep_sender(struct www *www, const struct ci_request *request, const char **handle,
                        struct ci_err *err)
{
    const struct identity *who;
    CI_AUTO_TX tx = {0};

    *handle = NULL;
    if (!ci_request_bearer(request) || !is_report(request->path))
        return true;
    if (!access_identity(www, request, &who, err) || !ci_tx_begin(www->app->db, &tx, err))
        return false;
    const struct ci_maybe tokenid = {who->tokenid != 0, who->tokenid};
    *handle = secret_new(request->mem);
    return ci_db_exec(&tx, &sql_sender_add,
                      CI_ARGS(ci_arg(*handle), ci_arg(who->username), ci_arg(who->provider),
                              ci_arg(tokenid), ci_arg(request->client), ci_arg(request->now)),
                      NULL, err) &&
           ci_tx_commit(&tx, err);
}

bool forward_hook(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    struct www *www = www_of(service);
    struct ci_call call = {
        .method = request->method,
        .url = forward_url(www->settings->changes_url, request),
        .body = request->raw,
        .content_type = ci_request_header(request, "content-type"),
        .timeout = ci_seconds(TIMEOUT_S),
    };
    struct ci_client *client;
    struct ci_reply reply = {0};
    const char *handle;

    if (climbs(request->path))
        return ci_fail(err, CI_ENOTFOUND, "no such hook");
    if (!keep_sender(www, request, &handle, err))
        return false;
    call.headers = forwarded_headers(request, handle);
    if (!take(www->forwarders, &client, err))
        return false;
    bool done = ci_client_call(client, &call, request->mem, &reply, err);
    give_back(www->forwarders, client);
    if (!done)
        return ci_fail_in(err, "the changes service did not take this; send it again");
    const char *type = ci_pairs_get(reply.headers, "content-type");
    const char *challenge = ci_pairs_get(reply.headers, "www-authenticate");
    response->status = reply.status;
    response->raw = reply.body;
    response->content_type = type ? type : "text/plain; charset=utf-8";
    if (challenge)
        ci_response_header(request, response, "WWW-Authenticate", challenge);
    return true;
}

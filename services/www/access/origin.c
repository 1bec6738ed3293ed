/* SPDX-License-Identifier: Apache-2.0 */
#include "access/origin.h"

#include "reply.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>
#include <strings.h>

/* "host:port" of a URL: what stands between "://" and the next slash. */
static struct ci_bytes netloc(const char *url)
{
    const char *at = url ? strstr(url, "://") : NULL;

    if (!at)
        return (struct ci_bytes){"", 0};
    return (struct ci_bytes){at + 3, strcspn(at + 3, "/")};
}

static bool same(struct ci_bytes a, struct ci_bytes b)
{
    return a.len && a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

bool origin_same_host(const char *url, const char *host)
{
    return same(netloc(url), (struct ci_bytes){host, strlen(host)});
}

bool origin_is_ours_url(struct www *www, const struct ci_request *request, const char *url)
{
    const char *host = ci_request_header(request, "host");

    /* Whoever sits between can make a page of our name, but not one that came by TLS. */
    if (request->secure && strncasecmp(url, "https://", 8) != 0)
        return false;
    if (host && origin_same_host(url, host))
        return true;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    return same(netloc(url), netloc(config->url));
}

bool origin_is_ours(struct www *www, const struct ci_request *request)
{
    const char *origin = ci_request_header(request, "origin");

    return origin && origin_is_ours_url(www, request, origin);
}

/* Whether the configuration lets pages of that origin (in lower case) call. */
static bool is_listed(struct www *www, const char *origin)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const struct ci_strs *globs = &config->www.allowed_origins;

    for (size_t i = 0; i < globs->count; i++) {
        if (fnmatch(globs->items[i], origin, 0) == 0)
            return true;
    }
    return false;
}

bool origin_allows(struct www *www, const struct ci_request *request, struct ci_response *response)
{
    const char *origin = ci_request_header(request, "origin");

    if (!origin)
        return true;
    char *lower = ci_mem_strdup(request->mem, origin);
    for (char *at = lower; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    /* Our own page calls with its Origin as well, whatever the list says. */
    if (!is_listed(www, lower) && !origin_is_ours(www, request))
        return false;
    ci_response_add(request, response, "Vary", "Origin");
    ci_response_header(request, response, "access-control-allow-origin", lower);
    ci_response_header(request, response, "access-control-allow-headers", "Content-Type");
    ci_response_header(request, response, "access-control-max-age", "3600");
    return true;
}

bool rest_options(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    const char *method = ci_request_header(request, "access-control-request-method");

    (void)err;
    if (!origin_allows(www_of(service), request, response))
        return reply_error(request, response, 400, "invalid origin");
    if (!method ||
        (strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0 && strcmp(method, "HEAD") != 0))
        return reply_error(request, response, 400, "invalid method");
    response->status = 200;
    response->raw = (struct ci_bytes){"", 0};
    return true;
}

bool rest_method(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    (void)service, (void)err;
    return reply_error(request, response, 400, "invalid HTTP method");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/redirect.h"

#include "access/origin.h"

#include <string.h>

enum { PLACE_LONGEST = 2000 };

const char *redirect_base(struct www *www, const struct ci_request *request)
{
    const char *host = ci_request_header(request, "host");
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);

    if (!config->url || !*config->url)
        return "/";
    if (host && !origin_same_host(config->url, host))
        return "/";
    return ci_mem_strdup(request->mem, config->url);
}

static bool is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && !strchr("\"<>\\^`{|}", c);
}

const char *redirect_to(void *mem, const char *base, const char *place)
{
    struct ci_buf out;

    if (!place || !*place || strlen(place) > PLACE_LONGEST)
        return base;
    ci_buf_init(&out, mem);
    ci_buf_printf(&out, "%s#", base);
    for (const unsigned char *at = (const unsigned char *)place; *at; at++)
        ci_buf_printf(&out, is_plain(*at) ? "%c" : "%%%02X", *at);
    return out.text;
}

void redirect_reply(const struct ci_request *request, struct ci_response *response,
                    const char *location)
{
    response->status = 302;
    response->raw = (struct ci_bytes){"", 0};
    response->content_type = "text/plain; charset=utf-8";
    ci_response_header(request, response, "Location", location);
    ci_response_header(request, response, "Cache-Control", "no-store");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "rest/caching.h"

#include <time.h>

void caching_headers(struct www *www, const struct ci_request *request,
                     struct ci_response *response)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    time_t until = request->now.us / 1000000 + config->www.json_cache_seconds;
    char text[64];
    struct tm parts;

    if (config->www.json_cache_seconds == 0) {
        /* With the ETag a question costs next to nothing; what some may not see stays private. */
        ci_response_header(request, response, "Cache-Control", "private, no-cache");
        return;
    }
    gmtime_r(&until, &parts);
    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    ci_response_header(request, response, "Expires", ci_mem_strdup(request->mem, text));
    ci_response_header(request, response, "Pragma", "no-cache");
    ci_response_header(request, response, "Vary", "Cookie, Authorization");
}

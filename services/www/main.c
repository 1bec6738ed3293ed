/* SPDX-License-Identifier: Apache-2.0 */
/* slipway-www: REST API, live events, sign-in and the web UI. Start reading at routes.c. */
#include "www.h"

static const struct ci_service service = {
    .name = "www",
    .summary = "REST API, live events and the web UI",
    .listen = "0.0.0.0:8010",
    .settings = settings_rows,
    .settings_size = sizeof(struct settings),
    .routes = www_routes,
    .authenticate = www_authenticate,
    .loops = www_loops,
    .free_plans = true,
    .headers = www_headers,
    .admit = www_admit,
    .start = www_start,
    .stop = www_stop,
};

int main(int argc, char **argv)
{
    struct ci_service whole = service;

    whole.setting_count = settings_count;
    whole.route_count = www_route_count;
    whole.loop_count = www_loop_count;
    return ci_service_main(&whole, argc, argv);
}

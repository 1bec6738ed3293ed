/* SPDX-License-Identifier: Apache-2.0 */
/* changes: learns of commits by polling and by web hooks. Start reading at loops.c and api.c. */
#include "api.h"
#include "loops.h"
#include "settings.h"
#include "shared/service.h"

static const struct ci_service changes = {
    .name = "changes",
    .summary = "learns of commits by polling and by web hooks",
    .listen = "0.0.0.0:8011",
    .settings = changes_settings,
    .setting_count = CHANGES_SETTINGS,
    .settings_size = sizeof(struct settings),
    .trusted_proxies = "127.0.0.0/8,::1", /* www, which hands the hooks on */
    .routes = api_routes,
    .route_count = API_ROUTES,
    .loops = changes_loops,
    .loop_count = CHANGES_LOOPS,
    .start = poll_start,
    .drain = poll_drain,
    .stop = poll_stop,
};

int main(int argc, char **argv)
{
    return ci_service_main(&changes, argc, argv);
}

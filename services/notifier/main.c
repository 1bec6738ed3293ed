/* SPDX-License-Identifier: Apache-2.0 */
/* notifier: tells people what happened, by mail. Start reading at loops.c. */
#include "loops.h"
#include "shared/service.h"

static const struct ci_service notifier = {
    .name = "notifier",
    .summary = "tells people what happened, by mail",
    .listen = "0.0.0.0:8014",
    .settings_size = sizeof(struct ci_common_settings),
    .loops = notifier_loops,
    .loop_count = NOTIFIER_LOOPS,
    .start = send_start,
    .drain = send_drain,
    .stop = send_stop,
};

int main(int argc, char **argv)
{
    return ci_service_main(&notifier, argc, argv);
}

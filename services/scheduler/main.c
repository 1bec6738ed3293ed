/* SPDX-License-Identifier: Apache-2.0 */
/* scheduler: turns changes and the clock into buildsets. Start reading at loops.c. */
#include "loops.h"
#include "shared/service.h"

static const struct ci_service scheduler = {
    .name = "scheduler",
    .summary = "turns changes and the clock into buildsets",
    .listen = "0.0.0.0:8012",
    .settings_size = sizeof(struct ci_common_settings),
    .loops = scheduler_loops,
    .loop_count = SCHEDULER_LOOPS,
};

int main(int argc, char **argv)
{
    return ci_service_main(&scheduler, argc, argv);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a time zone file. */
#include "shared/cron.h"
#include "shared/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_time now = {INT64_C(1700000000000000)};
    struct ci_cron nightly;
    struct ci_err err;
    const struct ci_zone *zone;
    struct ci_time next;

    if (ci_cron_parse("30 2 * * *", &nightly, &err) &&
        ci_zone_parse((struct ci_bytes){data, size}, mem, &zone, &err))
        (void)ci_cron_next(&nightly, zone, now, &next);
    return 0;
}

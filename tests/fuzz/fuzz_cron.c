/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a cron line: what is taken has a next time, later than now. */
#include "shared/cron.h"
#include "shared/mem.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *text = ci_mem_strndup(mem, (const char *)data, size);
    const struct ci_time now = {INT64_C(1700000000000000)};
    const struct ci_zone *utc;
    struct ci_time next;
    struct ci_cron cron;
    struct ci_err err;

    if (!ci_cron_parse(text, &cron, &err))
        return 0;
    if (!ci_zone_load("UTC", mem, &utc, &err) || !ci_cron_next(&cron, utc, now, &next) ||
        next.us <= now.us)
        abort();
    return 0;
}

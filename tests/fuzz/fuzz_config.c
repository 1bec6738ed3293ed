/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as slipway.yaml: either a configuration or findings, and no more. */
#include "shared/config.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_config *config = NULL;
    struct ci_list problems = {0};
    bool whole = ci_config_parse("slipway.yaml", (const char *)data, size, mem, &config, &problems);

    /* Exactly one of the two, and findings in the order of the file, each a line of UTF-8. */
    if (whole ? !config || problems.count > 0 : problems.count == 0)
        abort();
    for (size_t i = 1; i < problems.count; i++) {
        const struct ci_problem *all = problems.items;

        if (all[i].line < all[i - 1].line)
            abort();
    }
    CI_FOREACH(struct ci_problem, problem, problems) {
        size_t len = strlen(problem->message);

        if (!ci_utf8_is_valid(problem->message, len) || strpbrk(problem->message, "\r\n\033"))
            abort();
    }
    if (whole) {
        CI_FOREACH(struct ci_builder, builder, config->builders) {
            CI_FOREACH(struct ci_step, step, builder->steps) {
                json_decref(ci_step_to_json(step));
            }
        }
    }
    return 0;
}

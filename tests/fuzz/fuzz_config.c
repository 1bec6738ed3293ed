/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as slipway.yaml, .slipway.yml and a step of an agent: what they are, or findings. */
#include "shared/config.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Exactly one of the two, and findings in the order of the file, each a line of UTF-8. */
static void check_findings(bool whole, struct ci_list problems)
{
    const struct ci_problem *all = problems.items;

    require(whole == (problems.count == 0));
    for (size_t i = 0; i < problems.count; i++) {
        size_t len = strlen(all[i].message);

        require(i == 0 || all[i].line >= all[i - 1].line);
        require(ci_utf8_is_valid(all[i].message, len) && !strpbrk(all[i].message, "\r\n\033"));
    }
}

/* What is written for the agent, it reads, and would write the same. */
static void check_wire(struct ci_list steps)
{
    CI_FOREACH(const struct ci_step, step, steps) {
        CI_AUTO_MEM mem = ci_mem_new();
        json_t *sent = ci_mem_json(mem, ci_step_to_json(step));
        const struct ci_scope scope = {0};
        struct ci_strs secrets = {0};
        struct ci_step back;
        struct ci_err err;

        require(ci_step_from_json(sent, mem, &back, &err));
        require(json_equal(sent, ci_mem_json(mem, ci_step_to_json(&back))));
        ci_steps_secrets((struct ci_list){&back, 1}, mem, &secrets);
        (void)!ci_step_render(&back, &scope, mem, &back, &err);
    }
}

/* Any JSON as a step of an agent. */
static void read_step(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_auto_t *json = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
    struct ci_step step;
    struct ci_err err;

    if (json && ci_step_from_json(json, mem, &step, &err))
        json_decref(ci_step_to_json(&step));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_config *config = NULL;
    struct ci_list problems = {0}, steps;
    bool whole = ci_config_parse("slipway.yaml", (const char *)data, size, mem, &config, &problems);

    check_findings(whole, problems);
    if (whole) {
        CI_FOREACH(struct ci_builder, builder, config->builders) {
            check_wire(builder->steps);
        }
    }
    problems = (struct ci_list){0};
    whole = ci_config_parse_repository(".slipway.yml", (const char *)data, size,
                                       (struct ci_strs){0}, mem, &steps, &problems);
    check_findings(whole, problems);
    if (whole)
        check_wire(steps);
    read_step(data, size);
    return 0;
}

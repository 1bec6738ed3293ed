/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering test results into frames. */
#include "job.h"
#include "shared/compress.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME_BYTES = 256 << 10, LONGEST_RESULT = 64 << 10 };

struct step_tests {
    struct step *step;
    const char *description, *category, *unit;
    struct ci_buf lines;
    size_t results;
};

struct step_tests *step_tests_new(struct step *step, const char *description, const char *category,
                                  const char *unit)
{
    struct step_tests *tests = ci_mem_zero(step->mem, struct step_tests);

    *tests = (struct step_tests){
        .step = step,
        .description = job_mask(step->job, step->mem, ci_mem_strdup(step->mem, description)),
        .category = ci_mem_strdup(step->mem, category),
        .unit = ci_mem_strdup(step->mem, unit),
    };
    ci_buf_init(&tests->lines, step->mem);
    return tests;
}

static void send(struct step_tests *tests)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct frame_tests frame = {
        .step = tests->step->number,
        .description = tests->description,
        .category = tests->category,
        .unit = tests->unit,
        .results = tests->results,
        .raw = tests->lines.len,
        .packed = ci_compress(mem, (struct ci_bytes){tests->lines.text, tests->lines.len}),
    };
    struct ci_buf bytes;

    ci_buf_init(&bytes, mem);
    frame_tests(&bytes, &frame);
    job_tell(tests->step->job, &bytes);
    tests->lines.len = tests->results = 0;
}

void step_tests_add(struct step_tests *tests, json_t *result)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_mask *mask = tests->step->build->mask;
    json_t *shown = ci_mem_json(mem, result);
    char *text;
    size_t len;

    if (!ci_mask_is_empty(mask))
        shown = ci_mask_json(mask, mem, shown);
    text = json_dumps(shown, JSON_COMPACT);
    if (!text)
        abort(); /* no memory */
    len = strlen(text);
    if (len < LONGEST_RESULT) {
        if (tests->lines.len + len + 1 > FRAME_BYTES)
            send(tests);
        ci_buf_add(&tests->lines, text, len);
        ci_buf_puts(&tests->lines, "\n");
        tests->results++;
    } else {
        steplog_say(&tests->step->log, "a test result of %zu bytes is left out", len);
    }
    free(text);
}

void step_tests_end(struct step_tests *tests)
{
    if (tests->results > 0)
        send(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A list: steps have one log, or a handful. */
#include "steplogs.h"

#include "shared/config.h"

#include <string.h>

struct steplog_more {
    struct steplog_more *next;
    struct steplog log;
};

struct steplog *step_log(struct step *step, const char *name)
{
    struct steplog_more **last = &step->logs;

    if (strcmp(name, step->log.name) == 0)
        return &step->log;
    for (; *last; last = &(*last)->next)
        if (strcmp((*last)->log.name, name) == 0)
            return &(*last)->log;
    *last = ci_mem_zero(step->mem, struct steplog_more);
    steplog_init(&(*last)->log, step->build, step->number,
                 ci_mask_text(step->build->mask, step->mem, ci_mem_strdup(step->mem, name)));
    (*last)->log.gate = step->log.gate;
    return &(*last)->log;
}

void steplogs_flush(struct step *step)
{
    steplog_end(&step->log);
    steplog_flush(&step->log);
    for (struct steplog_more *more = step->logs; more; more = more->next) {
        steplog_end(&more->log);
        steplog_flush(&more->log);
    }
}

void steplogs_release(struct step *step)
{
    steplog_release(&step->log);
    for (struct steplog_more *more = step->logs; more; more = more->next)
        steplog_release(&more->log);
}

struct follows *steplogs_follow(struct step *step)
{
    struct ci_kvs files = step->def->log_files;
    struct follows *follows;

    if (files.count == 0)
        return NULL;
    follows = ci_mem_zero(step->mem, struct follows);
    follows->items = ci_mem_array(step->mem, struct follow, files.count);
    for (size_t i = 0; i < files.count; i++) {
        const char *path = files.items[i].value;

        if (!path)
            continue;
        follows->items[follows->count++] = (struct follow){
            .path = *path == '/' ? path : ci_mem_printf(step->mem, "%s/%s", step->dir, path),
            .log = step_log(step, files.items[i].key),
            .fd = -1};
    }
    return follows;
}

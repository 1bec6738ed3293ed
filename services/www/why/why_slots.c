/* SPDX-License-Identifier: Apache-2.0 */
/* The gates of workers that would build: whether they have room, and may start it. */
#include "why/why_internal.h"

static bool has_room(const struct judging *judging, const struct why_worker *worker)
{
    (void)judging;
    return why_free(worker) > 0;
}

bool why_is_among(const struct why_worker *const *list, size_t count, int64_t workerid)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i]->workerid == workerid)
            return true;
    }
    return false;
}

static struct why_names builds_on_alive(const struct judging *judging)
{
    struct why_names names = why_names_new(judging->mem, judging->facts->running.count);

    CI_FOREACH(const struct why_running, running, judging->facts->running) {
        if (names.count < WHY_NAMES &&
            why_is_among(judging->alive, judging->alive_count, running->workerid))
            why_name(&names, running->name);
    }
    return names;
}

/* "3 workers match: 2 are busy with builds a/1, a/2; w3 is paused ..." */
static const char *busy_text(const struct judging *judging, const struct why_names *builds,
                             const struct why_worker *const *matching, size_t match_count)
{
    void *mem = judging->mem;
    struct ci_buf text;

    ci_buf_init(&text, mem);
    if (match_count == 1)
        ci_buf_printf(&text, "worker %s is busy", matching[0]->name);
    else
        ci_buf_printf(&text, "%zu workers match: %zu %s busy", match_count, judging->alive_count,
                      judging->alive_count == 1 ? "is" : "are");
    if (builds->count)
        ci_buf_printf(&text, " with %s %s", builds->count == 1 ? "build" : "builds",
                      why_enumerate(mem, builds));
    if (match_count > 1)
        why_say_absent(&text, judging, matching, match_count);
    return text.text;
}

void why_slots(struct judging *judging, const struct why_worker *const *matching,
               size_t match_count)
{
    const struct why_names builds = builds_on_alive(judging);
    const struct why_names busy = why_names_where(judging, has_room, false);
    const char *text;
    bool open;

    for (size_t i = 0; i < judging->alive_count; i++) {
        judging->free += why_free(judging->alive[i]);
        judging->slots += judging->alive[i]->slots;
    }
    judging->pool = why_alive(judging);
    judging->pool_count = judging->alive_count;
    open = judging->free > 0;
    text = open ? ci_mem_printf(judging->mem, "%lld of %s free", (long long)judging->free,
                                why_number(judging->mem, judging->slots, "slot"))
                : busy_text(judging, &builds, matching, match_count);
    struct why_gate *gate = why_add(judging, "worker_slots", open, text);
    gate->workers = why_list(&busy);
    gate->builds = why_list(&builds);
    (void)why_narrow(judging, has_room);
}

/* ---- can_start_build ---- */

/* Parses it once for all workers; `check` has seen that it can be parsed. */
static const struct ci_condition *parse_condition(const struct judging *judging)
{
    struct ci_condition *condition = NULL;
    struct ci_err ignored;
    int offset;

    return ci_condition_parse(judging->facts->builder->can_start_build, judging->mem, &condition,
                              &offset, &ignored)
               ? condition
               : NULL;
}

void why_condition(struct judging *judging)
{
    const struct ci_condition *condition = parse_condition(judging);
    struct why_names refused = why_names_new(judging->mem, judging->alive_count);
    const size_t all = judging->alive_count;
    size_t kept = 0;

    for (size_t i = 0; condition && i < all; i++) {
        const struct why_worker *worker = judging->alive[i];

        if (ci_worker_may_start(condition, judging->facts->request.properties, worker->name,
                                worker->labels, worker->properties))
            judging->alive[kept++] = worker;
        else
            why_name(&refused, worker->name);
    }
    const bool open = kept > 0 || !condition;
    judging->alive_count = open && condition ? kept : all;
    judging->hopeless |= !open;
    why_add(judging, "can_start_build", open,
            refused.count ? ci_mem_printf(judging->mem, "can_start_build refuses worker%s %s",
                                          refused.count == 1 ? "" : "s",
                                          why_enumerate(judging->mem, &refused))
                          : "can_start_build allows it")
        ->workers = why_list(&refused);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a request will start and end, as far as its builder's history tells:
 * each build is taken to last as long as the median of the builder's last
 * successful ones, and the requests ahead to be served slot by slot.
 */
#include "why/why_internal.h"

#include <stdlib.h>
#include <string.h>

static int by_us(const void *a, const void *b)
{
    const int64_t x = ((const struct why_duration *)a)->us,
                  y = ((const struct why_duration *)b)->us;

    return (x > y) - (x < y);
}

/* 0: there is no history. */
static struct ci_dur median(const struct why_facts *facts, void *mem)
{
    const size_t count = facts->durations.count;
    struct why_duration *sorted;

    if (count == 0)
        return (struct ci_dur){0};
    sorted = ci_mem_dup(mem, facts->durations.items, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), by_us);
    return (struct ci_dur){count % 2 ? sorted[count / 2].us
                                     : (sorted[count / 2 - 1].us + sorted[count / 2].us) / 2};
}

static struct ci_time later(struct ci_time a, struct ci_time b)
{
    return a.us > b.us ? a : b;
}

/* When a build that runs since then will be over; never in the past. */
static struct ci_time release(const struct why_facts *facts, struct ci_time started,
                              struct ci_dur lasts)
{
    return later(ci_time_add(started, lasts), facts->now);
}

/*
 * When the slot is free that comes after `k` others: those of running builds,
 * the oldest first, and then each again and again. Of very many builds only
 * the oldest are known; they stand for all.
 */
static struct ci_time slot_free(const struct judging *judging, int64_t k, struct ci_dur lasts)
{
    const struct why_facts *facts = judging->facts;
    struct ci_time *releases = ci_mem_array(judging->mem, struct ci_time, facts->running.count + 1);
    const int64_t slots = judging->slots > 0 ? judging->slots : 1;
    const struct ci_dur rounds = {k / slots * lasts.us};
    int64_t known = 0;

    CI_FOREACH(const struct why_running, running, facts->running) {
        if (why_is_among(judging->pool, judging->pool_count, running->workerid))
            releases[known++] = release(facts, running->started_at, lasts);
    }
    if (known == 0)
        return ci_time_add(facts->now, rounds);
    return ci_time_add(releases[k % slots * known / slots], rounds);
}

/* The first of the builds in the way of a lock gives it back. */
static struct ci_time lock_free(const struct judging *judging, struct ci_dur lasts)
{
    struct ci_time first = {0};

    CI_FOREACH(const struct why_claim, claim, judging->facts->claims) {
        for (size_t i = 0; i < judging->held.count; i++) {
            const struct ci_time end = release(judging->facts, claim->started_at, lasts);

            if (strcmp(claim->build, judging->held.items[i]) == 0 &&
                (first.us == 0 || end.us < first.us))
                first = end;
        }
    }
    return first;
}

static const char *basis(const struct judging *judging, struct ci_dur lasts, bool queue)
{
    const struct why_facts *facts = judging->facts;
    void *mem = judging->mem;
    const char *history =
        facts->durations.count == 1
            ? ci_mem_printf(mem, "the builder's last successful build, %s",
                            why_lasting(mem, lasts.us))
            : ci_mem_printf(mem, "the median of the builder's last %zu successful builds, %s",
                            facts->durations.count, why_lasting(mem, lasts.us));

    if (!queue)
        return history;
    return ci_mem_printf(
        mem, "%s; %s%s ahead, %s", history, facts->ahead > WHY_AHEAD ? "more than " : "",
        why_number(mem, facts->ahead > WHY_AHEAD ? WHY_AHEAD : facts->ahead, "request"),
        why_number(mem, judging->slots, "slot"));
}

static const struct why_estimate *estimate(const struct judging *judging, struct ci_time start,
                                           struct ci_dur lasts, bool queue)
{
    struct why_estimate *out = ci_mem_zero(judging->mem, struct why_estimate);

    *out = (struct why_estimate){
        .start_at = start,
        .complete_at = release(judging->facts, start, lasts),
        .based_on = (int64_t)judging->facts->durations.count,
        .basis = basis(judging, lasts, queue),
    };
    return out;
}

const struct why_estimate *why_estimate_pending(const struct judging *judging)
{
    const struct why_facts *facts = judging->facts;
    const struct ci_dur lasts = median(facts, judging->mem);
    struct ci_time start = later(facts->now, judging->earliest);

    if (judging->hopeless || facts->durations.count == 0)
        return NULL;
    if (facts->ahead >= judging->free)
        start = later(start, slot_free(judging, facts->ahead - judging->free, lasts));
    start = later(start, lock_free(judging, lasts));
    return estimate(judging, start, lasts, true);
}

const struct why_estimate *why_estimate_running(const struct judging *judging,
                                                const struct why_build *build)
{
    if (judging->facts->durations.count == 0)
        return NULL;
    return estimate(judging, build->started_at, median(judging->facts, judging->mem), false);
}

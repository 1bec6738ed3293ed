/* SPDX-License-Identifier: Apache-2.0 */
/* The gates between a request and a worker: who fits, is there, is willing, has room, may start it.
 */
#include "why/why_internal.h"

#include <string.h>

int why_free(const struct why_worker *worker)
{
    return worker->slots > worker->running ? worker->slots - worker->running : 0;
}

static bool in_quarantine(const struct why_worker *worker, struct ci_time now)
{
    return worker->quarantine_until.us > now.us;
}

bool why_willing(const struct why_worker *worker, struct ci_time now)
{
    return worker->connected && !worker->paused && !worker->graceful && !in_quarantine(worker, now);
}

bool why_narrow(struct judging *judging, why_test *test)
{
    size_t kept = 0;

    for (size_t i = 0; i < judging->alive_count; i++)
        kept += test(judging, judging->alive[i]);
    if (kept == 0 || kept == judging->alive_count)
        return kept > 0;
    kept = 0;
    for (size_t i = 0; i < judging->alive_count; i++) {
        if (test(judging, judging->alive[i]))
            judging->alive[kept++] = judging->alive[i];
    }
    judging->alive_count = kept;
    return true;
}

const struct why_worker **why_alive(const struct judging *judging)
{
    const struct why_worker **copy =
        ci_mem_array(judging->mem, const struct why_worker *, judging->alive_count + 1);

    for (size_t i = 0; i < judging->alive_count; i++)
        copy[i] = judging->alive[i];
    return copy;
}

struct why_names why_names_where(const struct judging *judging, why_test *test, bool passes)
{
    struct why_names names = why_names_new(judging->mem, judging->alive_count);

    for (size_t i = 0; i < judging->alive_count; i++) {
        if (test(judging, judging->alive[i]) == passes)
            why_name(&names, judging->alive[i]->name);
    }
    return names;
}

/* ---- names and labels ---- */

static struct why_names connected_names(const struct judging *judging)
{
    struct why_names names = why_names_new(judging->mem, judging->facts->workers.count);

    CI_FOREACH(const struct why_worker, worker, judging->facts->workers) {
        if (worker->connected)
            why_name(&names, worker->name);
    }
    return names;
}

/* "the labels os=plan9, arch=arm" */
static const char *labels_text(const struct judging *judging)
{
    const struct ci_kvs wanted = judging->facts->builder->worker_labels;
    struct ci_buf out;

    ci_buf_init(&out, judging->mem);
    ci_buf_puts(&out, wanted.count == 1 ? "the label " : "the labels ");
    for (size_t i = 0; i < wanted.count; i++)
        ci_buf_printf(&out, "%s%s=%s", i ? ", " : "", wanted.items[i].key, wanted.items[i].value);
    return out.text;
}

static const char *builder_names(const struct judging *judging)
{
    const struct ci_strs wanted = judging->facts->builder->workers;
    struct why_names names = why_names_new(judging->mem, wanted.count);

    for (size_t i = 0; i < wanted.count; i++)
        why_name(&names, wanted.items[i]);
    return why_enumerate(judging->mem, &names);
}

static void refuse_fit(struct judging *judging)
{
    const struct ci_builder *builder = judging->facts->builder;
    const struct why_names connected = connected_names(judging);
    void *mem = judging->mem;
    const char *there = connected.count ? ci_mem_printf(mem, "%zu connected: %s", connected.count,
                                                        why_enumerate(mem, &connected))
                                        : "none is connected";
    const char *who = builder->workers.count
                          ? ci_mem_printf(mem, "of the workers %s none", builder_names(judging))
                          : "no worker";
    const char *what = builder->worker_labels.count
                           ? ci_mem_printf(mem, "has %s", labels_text(judging))
                           : "is known";

    judging->hopeless = true;
    why_add(judging, "worker_labels", false, ci_mem_printf(mem, "%s %s (%s)", who, what, there))
        ->workers = why_list(&connected);
}

static bool anyone(const struct judging *judging, const struct why_worker *worker)
{
    (void)judging;
    (void)worker;
    return true;
}

/* False: nobody fits, and there is nothing more to say. */
static bool judge_fit(struct judging *judging)
{
    const struct ci_builder *builder = judging->facts->builder;
    const char *because = "any will do";
    struct why_names names;
    void *mem = judging->mem;

    judging->alive =
        ci_mem_array(mem, const struct why_worker *, judging->facts->workers.count + 1);
    CI_FOREACH(const struct why_worker, worker, judging->facts->workers) {
        if (ci_worker_fits(builder, worker->name, worker->labels))
            judging->alive[judging->alive_count++] = worker;
    }
    if (judging->alive_count == 0) {
        refuse_fit(judging);
        return false;
    }
    if (builder->worker_labels.count)
        because = labels_text(judging);
    else if (builder->workers.count)
        because = "named by the builder";
    names = why_names_where(judging, anyone, true);
    why_add(judging, "worker_labels", true,
            ci_mem_printf(mem, "%s %s (%s): %s",
                          why_number(mem, (int64_t)judging->alive_count, "worker"),
                          judging->alive_count == 1 ? "matches" : "match", because,
                          why_enumerate(mem, &names)))
        ->workers = why_list(&names);
    return true;
}

static bool is_chosen(const struct judging *judging, const struct why_worker *worker)
{
    return strcmp(worker->name, judging->facts->request.workername) == 0;
}

static bool judge_chosen(struct judging *judging)
{
    const char *name = judging->facts->request.workername;
    const bool open = !name || why_narrow(judging, is_chosen);

    if (!name)
        return true;
    judging->hopeless |= !open;
    why_add(judging, "chosen_worker", open,
            open ? ci_mem_printf(judging->mem, "it is to run on worker %s only", name)
                 : ci_mem_printf(
                       judging->mem,
                       "it is to run on worker %s only, which is none of those that match", name));
    return open;
}

/* ---- connected, willing ---- */

static bool is_connected(const struct judging *judging, const struct why_worker *worker)
{
    (void)judging;
    return worker->connected;
}

/* "w1 is not connected since ..." */
static void say_away(struct ci_buf *out, const struct why_worker *worker, void *mem)
{
    if (worker->last_seen_at.us)
        ci_buf_printf(out, "%s is not connected since %s", worker->name,
                      why_when(mem, worker->last_seen_at));
    else
        ci_buf_printf(out, "%s was never connected", worker->name);
}

static void say_unwilling(struct ci_buf *out, const struct why_worker *worker, struct ci_time now,
                          void *mem)
{
    const char *reason = worker->pause_reason;

    if (worker->paused) {
        ci_buf_printf(out, "%s is paused", worker->name);
        if (worker->paused_by)
            ci_buf_printf(out, " by %s", worker->paused_by);
        if (worker->paused_at.us)
            ci_buf_printf(out, " since %s", why_when(mem, worker->paused_at));
        if (reason && *reason && strcmp(reason, "no reason") != 0)
            ci_buf_printf(out, " because %s", reason);
    } else if (in_quarantine(worker, now)) {
        ci_buf_printf(out, "%s is in quarantine until %s after %s of its agent", worker->name,
                      why_when(mem, worker->quarantine_until),
                      why_number(mem, worker->failures, "failure"));
    } else {
        ci_buf_printf(out, "%s is stopping", worker->name);
    }
}

enum { SAID = 3 }; /* workers told of one by one */

void why_say_absent(struct ci_buf *out, const struct judging *judging,
                    const struct why_worker *const *list, size_t count)
{
    const struct ci_time now = judging->facts->now;
    size_t said = 0, more = 0;

    for (size_t i = 0; i < count; i++) {
        if (why_willing(list[i], now))
            continue;
        if (said == SAID) {
            more++;
            continue;
        }
        ci_buf_puts(out, said++ || out->len ? "; " : "");
        if (list[i]->connected)
            say_unwilling(out, list[i], now, judging->mem);
        else
            say_away(out, list[i], judging->mem);
    }
    if (more)
        ci_buf_printf(out, "; so it is with %zu more", more);
}

static void judge_connected(struct judging *judging)
{
    const struct why_names away = why_names_where(judging, is_connected, false);
    const size_t all = judging->alive_count;
    struct ci_buf text;

    ci_buf_init(&text, judging->mem);
    if (away.count == all) {
        judging->hopeless = true;
        why_say_absent(&text, judging, judging->alive, all);
    } else {
        ci_buf_printf(&text, "%zu of %s %s connected", all - away.count,
                      why_number(judging->mem, (int64_t)all, "worker"),
                      all - away.count == 1 ? "is" : "are");
    }
    why_add(judging, "worker_connected", why_narrow(judging, is_connected), text.text)->workers =
        why_list(&away);
}

static bool takes_builds(const struct judging *judging, const struct why_worker *worker)
{
    return why_willing(worker, judging->facts->now);
}

/* Those in quarantine come back by themselves; the first of them ends the wait. */
static void wait_for_quarantine(struct judging *judging)
{
    struct ci_time first = {0};

    for (size_t i = 0; i < judging->alive_count; i++) {
        const struct why_worker *worker = judging->alive[i];

        if (!worker->paused && !worker->graceful && worker->connected &&
            (first.us == 0 || worker->quarantine_until.us < first.us))
            first = worker->quarantine_until;
    }
    if (first.us)
        why_not_before(judging, first);
    else
        judging->hopeless = true;
}

static void judge_willing(struct judging *judging)
{
    const struct why_names unwilling = why_names_where(judging, takes_builds, false);
    const bool open = unwilling.count < judging->alive_count;
    struct ci_buf text;

    ci_buf_init(&text, judging->mem);
    if (open)
        ci_buf_printf(&text, "%zu of %s %s builds", judging->alive_count - unwilling.count,
                      why_number(judging->mem, (int64_t)judging->alive_count, "worker"),
                      judging->alive_count - unwilling.count == 1 ? "takes" : "take");
    else
        wait_for_quarantine(judging);
    why_say_absent(&text, judging, judging->alive, judging->alive_count);
    why_add(judging, "worker_paused", open, text.text)->workers = why_list(&unwilling);
    (void)why_narrow(judging, takes_builds);
}

void why_workers(struct judging *judging)
{
    const struct why_worker **matching;
    size_t match_count;

    if (!judge_fit(judging) || !judge_chosen(judging))
        return;
    match_count = judging->alive_count;
    matching = why_alive(judging);
    judge_connected(judging);
    if (judging->alive[0]->connected)
        judge_willing(judging);
    if (!why_willing(judging->alive[0], judging->facts->now))
        return;
    why_slots(judging, matching, match_count);
    if (judging->facts->builder->can_start_build)
        why_condition(judging);
}

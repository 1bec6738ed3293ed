/* SPDX-License-Identifier: Apache-2.0 */
/* Why a request waits, or what became of it; see why.h. */
#include "shared/result.h"
#include "why/why_internal.h"

static const struct ci_field gate_fields[] = {
    CI_FIELD(struct why_gate, gate, 0),   CI_FIELD(struct why_gate, open, 0),
    CI_FIELD(struct why_gate, text, 0),   CI_FIELD(struct why_gate, workers, 0),
    CI_FIELD(struct why_gate, builds, 0), CI_FIELD(struct why_gate, locks, 0),
};
static const struct ci_record gate_record = CI_RECORD("gate", struct why_gate, gate_fields);

static const struct ci_field estimate_fields[] = {
    CI_FIELD(struct why_estimate, start_at, 0),
    CI_FIELD(struct why_estimate, complete_at, 0),
    CI_FIELD(struct why_estimate, based_on, 0),
    CI_FIELD(struct why_estimate, basis, 0),
};
static const struct ci_record estimate_record =
    CI_RECORD("estimate", struct why_estimate, estimate_fields);

static const struct ci_field why_fields[] = {
    CI_FIELD(struct why, buildrequestid, 0),
    CI_FIELD(struct why, state, 0),
    CI_FIELD(struct why, summary, 0),
    CI_FIELD_LIST(struct why, gates, &gate_record, 0),
    CI_FIELD(struct why, ahead, 0),
    CI_FIELD_OBJECT(struct why, estimate, &estimate_record, 0),
};
const struct ci_record why_record = CI_RECORD("why", struct why, why_fields);

struct why_gate *why_add(struct judging *judging, const char *gate, bool open, const char *text)
{
    struct why_gate *out =
        &judging->gates[judging->count < WHY_GATES ? judging->count++ : WHY_GATES];

    *out = (struct why_gate){.gate = gate, .open = open, .text = text};
    return out;
}

void why_not_before(struct judging *judging, struct ci_time time)
{
    if (time.us > judging->earliest.us)
        judging->earliest = time;
}

/* ---- a pending request ---- */

static bool rivals(const struct why_facts *facts, const struct ci_builder *builder)
{
    CI_FOREACH(const struct why_worker, worker, facts->workers) {
        if (why_willing(worker, facts->now) &&
            ci_worker_fits(facts->builder, worker->name, worker->labels) &&
            ci_worker_fits(builder, worker->name, worker->labels))
            return true;
    }
    return false;
}

struct ci_strs why_rivals(const struct why_facts *facts, void *mem)
{
    struct why_names names = why_names_new(mem, facts->config->builders.count + 1);

    CI_FOREACH(const struct ci_builder, builder, facts->config->builders) {
        if (builder == facts->builder || (facts->builder && rivals(facts, builder)))
            why_name(&names, builder->name);
    }
    return (struct ci_strs){names.items, names.count};
}

/* False: its builder left the configuration, and there is no rule to judge it by. */
static bool judge_builder(struct judging *judging)
{
    const struct why_facts *facts = judging->facts;

    if (facts->request.cancel_reason) {
        judging->hopeless = true;
        why_add(judging, "cancel", false,
                ci_mem_printf(judging->mem, "it is being cancelled because %s",
                              facts->request.cancel_reason));
    }
    judging->hopeless |= !facts->builder;
    why_add(judging, "builder", facts->builder != NULL,
            ci_mem_printf(judging->mem,
                          facts->builder ? "builder %s is in the configuration"
                                         : "builder %s left the configuration",
                          facts->request.builder));
    return facts->builder != NULL;
}

static void judge_ahead(struct judging *judging)
{
    const int64_t ahead = judging->facts->ahead;
    const bool open = ahead == 0 || ahead < judging->free;
    void *mem = judging->mem;

    if (ahead == 0)
        why_add(judging, "ahead", true, "no request is ahead of it");
    else if (ahead > WHY_AHEAD)
        why_add(
            judging, "ahead", open,
            ci_mem_printf(mem, "more than %d requests are ahead of it (priority, age)", WHY_AHEAD));
    else
        why_add(judging, "ahead", open,
                ci_mem_printf(mem, "%s %s ahead of it (priority, age)",
                              why_number(mem, ahead, "request"), ahead == 1 ? "is" : "are"));
}

static bool is_warm(const struct judging *judging, const struct why_worker *worker)
{
    CI_FOREACH(const struct why_warm, warm, judging->facts->warm) {
        if (warm->workerid == worker->workerid)
            return true;
    }
    return false;
}

/* A worker with the environment is there; one without is not taken for a while. */
static void judge_environment(struct judging *judging)
{
    const struct why_facts *facts = judging->facts;
    const struct ci_time until =
        ci_time_add(facts->request.submitted_at, facts->builder->environment_wait);
    struct why_names names = why_names_new(judging->mem, facts->warm.count);
    const char *all, *text;
    bool open;

    if (facts->builder->next_worker != CI_WORKER_WARMEST || facts->warm.count == 0)
        return;
    CI_FOREACH(const struct why_warm, warm, facts->warm)
        why_name(&names, warm->name);
    all = why_enumerate(judging->mem, &names);
    open = why_names_where(judging, is_warm, true).count > 0 || until.us <= facts->now.us;
    if (open) {
        text = ci_mem_printf(judging->mem, "the environment is prepared on %s", all);
    } else {
        text = ci_mem_printf(judging->mem, "waits for a warm environment on worker%s %s until %s",
                             names.count == 1 ? "" : "s", all, why_when(judging->mem, until));
        why_not_before(judging, until);
    }
    why_add(judging, "environment", open, text)->workers = why_list(&names);
}

/* How long it may wait at all; a lost build begins the time anew, which is not told here. */
static void tell_timeout(struct judging *judging)
{
    const struct why_facts *facts = judging->facts;
    const struct ci_dur timeout = facts->builder->queue_timeout;

    if (timeout.us == 0 || facts->builds.count > 0)
        return;
    why_add(
        judging, "queue_timeout", true,
        ci_mem_printf(judging->mem, "it is given up at %s (queue_timeout)",
                      why_when(judging->mem, ci_time_add(facts->request.submitted_at, timeout))));
}

/* Builds of it that were lost. */
static void tell_lost(struct judging *judging)
{
    CI_FOREACH(const struct why_build, build, judging->facts->builds) {
        if (build->complete && build->results == CI_RETRY)
            why_add(judging, "lost", true,
                    ci_mem_printf(judging->mem, "attempt %lld, build %s, was lost at %s: %s",
                                  (long long)build->attempt, build->name,
                                  why_when(judging->mem, build->complete_at), build->state_string));
    }
}

static void judge_pending(struct judging *judging, struct why *out)
{
    const struct why_request *request = &judging->facts->request;

    out->state = "pending";
    if (judge_builder(judging)) {
        why_workers(judging);
        if (judging->alive_count > 0) {
            why_locks(judging);
            judge_ahead(judging);
            judge_environment(judging);
        }
        tell_timeout(judging);
        out->ahead = ci_some(judging->facts->ahead);
    }
    out->estimate = why_estimate_pending(judging);
    out->summary = ci_mem_printf(judging->mem, "request %lld of builder %s is about to start",
                                 (long long)request->buildrequestid, request->builder);
    for (size_t i = 0; i < judging->count; i++) {
        if (judging->gates[i].open)
            continue;
        out->summary = ci_mem_printf(judging->mem, "request %lld of builder %s waits: %s",
                                     (long long)request->buildrequestid, request->builder,
                                     judging->gates[i].text);
        break;
    }
}

/* ---- what has begun, or is over ---- */

static void tell_submitted(struct judging *judging)
{
    const struct why_request *request = &judging->facts->request;

    why_add(judging, "submitted", true,
            ci_mem_printf(judging->mem, "it was made at %s%s%s: %s",
                          why_when(judging->mem, request->submitted_at),
                          request->scheduler ? " by scheduler " : "",
                          request->scheduler ? request->scheduler : "", request->reason));
}

static void tell_start(struct judging *judging, const struct why_build *build)
{
    void *mem = judging->mem;
    struct why_gate *gate =
        why_add(judging, "started", true,
                ci_mem_printf(mem, "build %s began on %s%s at %s, %s after the request",
                              build->name, build->worker ? "worker " : "no worker",
                              build->worker ? build->worker : "", why_when(mem, build->started_at),
                              why_lasting(mem, build->started_at.us -
                                                   judging->facts->request.submitted_at.us)));
    const char **items = ci_mem_array(mem, const char *, 2);

    items[0] = build->name;
    items[1] = build->worker;
    gate->builds = (struct ci_strs){items, 1};
    gate->workers = (struct ci_strs){items + 1, build->worker ? 1 : 0};
}

static void tell_step_locks(struct judging *judging)
{
    void *mem = judging->mem;

    CI_FOREACH(const struct why_step_lock, lock, judging->facts->step_locks) {
        struct why_names builds = why_names_new(mem, lock->builds.count);
        const char **name = ci_mem_array(mem, const char *, 1);
        struct why_gate *gate;

        for (size_t i = 0; i < lock->builds.count; i++)
            why_name(&builds, lock->builds.items[i]);
        *name = lock->name;
        gate =
            why_add(judging, "step_locks", false,
                    ci_mem_printf(mem, "step %s waits for lock %s, which build%s %s %s first",
                                  lock->step, lock->name, builds.count == 1 ? "" : "s",
                                  why_enumerate(mem, &builds), builds.count == 1 ? "has" : "have"));
        gate->locks = (struct ci_strs){name, 1};
        gate->builds = why_list(&builds);
    }
}

static void judge_running(struct judging *judging, const struct why_build *build, struct why *out)
{
    void *mem = judging->mem;
    const char *now = "";

    out->state = "running";
    tell_submitted(judging);
    tell_lost(judging);
    tell_start(judging, build);
    tell_step_locks(judging);
    if (build->waiting)
        why_add(judging, "triggered", false, "it waits for the builds that it has triggered");
    if (!judging->gates[judging->count - 1].open)
        now = ci_mem_printf(mem, "; %s", judging->gates[judging->count - 1].text);
    out->estimate = why_estimate_running(judging, build);
    out->summary = ci_mem_printf(mem, "build %s runs since %s%s", build->name,
                                 why_when(mem, build->started_at), now);
}

/* Over without a build. */
static void judge_unbuilt(struct judging *judging, struct why *out)
{
    const struct why_request *request = &judging->facts->request;
    void *mem = judging->mem;
    const char *when = why_when(mem, request->complete_at);
    const char *text;

    if (request->collapsed_into.set) {
        out->state = "collapsed";
        text = ci_mem_printf(mem, "was collapsed into request %lld at %s",
                             (long long)request->collapsed_into.value, when);
    } else if (request->results == CI_CANCELLED) {
        out->state = "cancelled";
        text = ci_mem_printf(mem, "was cancelled at %s%s%s", when,
                             request->cancel_reason ? " because " : "",
                             request->cancel_reason ? request->cancel_reason : "");
    } else {
        text = ci_mem_printf(mem, "ended without a build at %s: %s", when,
                             ci_result_name(request->results));
    }
    why_add(judging, out->state, true, ci_mem_printf(mem, "it %s", text));
    out->summary = ci_mem_printf(mem, "request %lld of builder %s %s",
                                 (long long)request->buildrequestid, request->builder, text);
}

static void judge_complete(struct judging *judging, const struct why_build *build, struct why *out)
{
    void *mem = judging->mem;
    const struct why_request *request = &judging->facts->request;

    out->state = "complete";
    tell_submitted(judging);
    if (!build) {
        judge_unbuilt(judging, out);
        return;
    }
    tell_lost(judging);
    if (build->results != CI_RETRY)
        tell_start(judging, build);
    why_add(judging, "complete", true,
            ci_mem_printf(mem, "it ended at %s, %s later: %s%s%s",
                          why_when(mem, request->complete_at),
                          why_lasting(mem, request->complete_at.us - build->started_at.us),
                          build->state_string, request->cancel_reason ? "; cancelled because " : "",
                          request->cancel_reason ? request->cancel_reason : ""));
    out->summary =
        ci_mem_printf(mem, "build %s ended at %s with %s; the request had waited %s", build->name,
                      why_when(mem, request->complete_at), ci_result_name(request->results),
                      why_lasting(mem, build->started_at.us - request->submitted_at.us));
}

struct why why_judge(const struct why_facts *facts, void *mem)
{
    const size_t builds = facts->builds.count;
    const struct why_build *last =
        builds ? (const struct why_build *)facts->builds.items + builds - 1 : NULL;
    struct judging judging = {
        .facts = facts,
        .mem = mem,
        .gates = ci_mem_array(mem, struct why_gate, WHY_GATES + 1),
    };
    struct why out = {.buildrequestid = facts->request.buildrequestid};

    if (facts->request.complete)
        judge_complete(&judging, last, &out);
    else if (last && !last->complete)
        judge_running(&judging, last, &out);
    else {
        tell_lost(&judging);
        judge_pending(&judging, &out);
    }
    out.gates = (struct ci_list){judging.gates, judging.count};
    return out;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What became of a change; see why_change.h. */
#include "why/why_change.h"

#include "why/why_internal.h"

#include <string.h>

static const struct ci_field answer_fields[] = {
    CI_FIELD(struct why_answer, schedulerid, 0),   CI_FIELD(struct why_answer, scheduler, 0),
    CI_FIELD(struct why_answer, verdict, 0),       CI_FIELD(struct why_answer, text, 0),
    CI_FIELD(struct why_answer, until, 0),         CI_FIELD(struct why_answer, buildsets, 0),
    CI_FIELD(struct why_answer, evaluated_now, 0),
};
static const struct ci_record answer_record =
    CI_RECORD("scheduler", struct why_answer, answer_fields);

static const struct ci_field change_fields[] = {
    CI_FIELD(struct why_change, changeid, 0),
    CI_FIELD(struct why_change, state, 0),
    CI_FIELD(struct why_change, summary, 0),
    CI_FIELD_LIST(struct why_change, schedulers, &answer_record, 0),
    CI_FIELD(struct why_change, config_version, 0),
};
const struct ci_record why_change_record = CI_RECORD("change", struct why_change, change_fields);

/* One scheduler and the change. */
struct asking {
    const struct why_change_facts *facts;
    const struct why_scheduler *scheduler;
    const struct ci_scheduler *spec;
    void *mem;
};

static const char *buildsets_text(void *mem, struct ci_i64s ids)
{
    struct why_names names = why_names_new(mem, ids.count);

    for (size_t i = 0; i < ids.count; i++)
        why_name(&names, ci_mem_printf(mem, "%lld", (long long)ids.items[i]));
    return ci_mem_printf(mem, "buildset%s %s", ids.count == 1 ? "" : "s",
                         why_enumerate(mem, &names));
}

static void tell_kept(const struct asking *asking, struct why_answer *out)
{
    const struct why_scheduler *scheduler = asking->scheduler;
    const char *kind = scheduler->important ? "" : " (it is not important)";
    const bool timed =
        asking->spec->type == CI_SCHED_PERIODIC || asking->spec->type == CI_SCHED_NIGHTLY;

    out->verdict = "kept";
    out->until = scheduler->due_at;
    if (!scheduler->due_at.us)
        out->text = ci_mem_printf(asking->mem, "keeps it until an important change comes%s", kind);
    else
        out->text = ci_mem_printf(asking->mem, "keeps it until %s%s: %s",
                                  why_when(asking->mem, scheduler->due_at), kind,
                                  timed ? "it fires then" : "its stable timer runs");
}

/* Nothing was written down: what would it say now? */
static void ask_now(const struct asking *asking, struct why_answer *out)
{
    const struct ci_candidate *change = &asking->facts->change;
    const enum ci_verdict verdict = ci_scheduler_judge(asking->spec, change);
    const char *reason = ci_scheduler_explain(asking->spec, change, asking->mem);

    out->verdict = ci_verdict_names[verdict];
    if (verdict == CI_VERDICT_IGNORED) {
        out->text = ci_mem_printf(asking->mem, "takes no changes: it is of type %s",
                                  ci_scheduler_type_names[asking->spec->type]);
        return;
    }
    out->evaluated_now = true;
    if (verdict != CI_VERDICT_IMPORTANT) {
        out->text = ci_mem_printf(asking->mem, "%s it now: %s",
                                  verdict == CI_VERDICT_REFUSED ? "refuses" : "passes over",
                                  reason ? reason : "no reason is known");
        return;
    }
    out->verdict = asking->scheduler->enabled ? "missed" : "refused";
    out->text = asking->scheduler->enabled
                    ? "would take it now, but did not when it came, or its buildset is removed"
                    : "is switched off";
}

static struct why_answer answer(const struct asking *asking)
{
    const struct why_scheduler *scheduler = asking->scheduler;
    struct why_answer out = {
        .schedulerid = scheduler->schedulerid,
        .scheduler = scheduler->name,
        .buildsets = scheduler->buildsets,
    };

    if (scheduler->buildsets.count) {
        out.verdict = "built";
        out.text = ci_mem_printf(asking->mem, "built it: %s",
                                 buildsets_text(asking->mem, scheduler->buildsets));
    } else if (asking->facts->unseen) {
        out.verdict = "unseen";
        out.text = "has not looked at it yet";
    } else if (scheduler->kept) {
        tell_kept(asking, &out);
    } else if (scheduler->verdict) {
        out.verdict = scheduler->verdict;
        out.text =
            ci_mem_printf(asking->mem, "%s it: %s",
                          strcmp(scheduler->verdict, "refused") == 0 ? "refused" : "passed over",
                          scheduler->reason);
    } else {
        ask_now(asking, &out);
    }
    return out;
}

/* ---- the sentence ---- */

static size_t count_verdict(const struct why_change *change, const char *verdict)
{
    size_t count = 0;

    CI_FOREACH(const struct why_answer, answer, change->schedulers)
        count += strcmp(answer->verdict, verdict) == 0;
    return count;
}

/* "main refused it: branch ..."; one alone in full, of more the number. */
static const char *refusals(const struct why_change *change, void *mem)
{
    const struct why_answer *said = NULL;
    size_t count = 0;

    CI_FOREACH(const struct why_answer, answer, change->schedulers) {
        if (strcmp(answer->verdict, "ignored") == 0)
            continue;
        said = said ? said : answer;
        count++;
    }
    if (count == 0)
        return "no scheduler takes changes";
    if (count == 1)
        return ci_mem_printf(mem, "scheduler %s %s", said->scheduler, said->text);
    return ci_mem_printf(mem, "none of %zu schedulers took it; scheduler %s %s", count,
                         said->scheduler, said->text);
}

static void sum_up(const struct why_change_facts *facts, struct why_change *out, void *mem)
{
    const size_t built = count_verdict(out, "built"), kept = count_verdict(out, "kept");
    const char *text;

    if (built > 0 || facts->other_buildsets.count > 0) {
        out->state = "built";
        text = built ? ci_mem_printf(mem, "was built by %s",
                                     why_number(mem, (int64_t)built, "scheduler"))
                     : ci_mem_printf(mem, "was built on request: %s",
                                     buildsets_text(mem, facts->other_buildsets));
    } else if (facts->unseen) {
        out->state = "unseen";
        text = "waits to be looked at by the schedulers";
    } else if (kept > 0) {
        out->state = "kept";
        text = ci_mem_printf(mem, "is kept by %s", why_number(mem, (int64_t)kept, "scheduler"));
        CI_FOREACH(const struct why_answer, answer, out->schedulers) {
            if (strcmp(answer->verdict, "kept") == 0)
                text =
                    ci_mem_printf(mem, "waits: scheduler %s %s", answer->scheduler, answer->text);
        }
    } else {
        out->state = "refused";
        text = ci_mem_printf(mem, "built nothing: %s", refusals(out, mem));
    }
    out->summary = ci_mem_printf(mem, "change %lld %s", (long long)out->changeid, text);
}

struct why_change why_change_judge(const struct why_change_facts *facts, void *mem)
{
    struct why_answer *answers = ci_mem_array(mem, struct why_answer, facts->schedulers.count + 1);
    struct why_change out = {
        .changeid = facts->change.changeid,
        .config_version = facts->config->version,
    };
    size_t count = 0;

    CI_FOREACH(const struct why_scheduler, scheduler, facts->schedulers) {
        const struct asking asking = {facts, scheduler,
                                      ci_config_scheduler(facts->config, scheduler->name), mem};

        if (asking.spec)
            answers[count++] = answer(&asking);
    }
    out.schedulers = (struct ci_list){answers, count};
    sum_up(facts, &out, mem);
    return out;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `trigger` step: has schedulers make buildsets and, when asked to, waits
 * for their builds. The builder service keeps the request by build and step,
 * so asking again after any break finds what the first call began.
 */
#include "session.h"
#include "start.h"
#include "step_kit.h"
#include "step_types.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WAIT_SECONDS = 20, CANCEL_TRIES = 5, CANCEL_SECONDS = 5 };

struct trigger {
    struct step *step;
    const struct ci_trigger_args *args;
    json_t *status;    /* the latest answer; of step->mem */
    json_t *told;      /* {"r12": true, "b34": true}: links that the step has */
    const char *words; /* what was said last */
    bool waiting;
};

/* ---- the request ---- */

static json_t *names(struct ci_strs list)
{
    json_t *out = json_array();

    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(out, json_string(list.items[i]));
    return out;
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *explicit_sources(const struct ci_trigger_args *args)
{
    json_t *out = json_array();

    CI_FOREACH(const struct ci_source_spec, spec, args->source_stamps) {
        json_array_append_new(
            out, json_pack("{s:s, s:s, s:s, s:o, s:o}", "codebase", spec->codebase, "repository",
                           spec->repository, "project", spec->project, "branch",
                           text_or_null(spec->branch), "revision", text_or_null(spec->revision)));
    }
    return out;
}

/* What got_revision says of a codebase; a text is that of the only one. Borrowed, or NULL. */
static json_t *got_revision(struct step *step, const char *codebase, size_t sources)
{
    json_t *got = step_property(step, "got_revision");

    if (json_is_object(got))
        return json_object_get(got, codebase);
    return json_is_string(got) && (sources == 1 || !*codebase) ? got : NULL;
}

/* This build's own sources, at the revisions that it got. */
static json_t *own_sources(const struct trigger *trigger)
{
    json_t *list = trigger->step->build->start->source_list, *out = json_array(), *source;
    size_t i;

    json_array_foreach(list, i, source) {
        json_t *copy = json_copy(source), *got;
        const char *codebase = json_string_value(json_object_get(source, "codebase"));

        got = got_revision(trigger->step, codebase ? codebase : "", json_array_size(list));
        if (trigger->args->update_source_stamp && json_is_string(got))
            json_object_set(copy, "revision", got);
        json_array_append_new(out, copy);
    }
    return out;
}

static json_t *sources_of(const struct trigger *trigger)
{
    if (trigger->args->source_stamps.count > 0)
        return explicit_sources(trigger->args);
    return trigger->args->always_use_latest ? json_null() : own_sources(trigger);
}

static json_t *make_body(const struct trigger *trigger)
{
    const struct ci_trigger_args *args = trigger->args;

    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:O?, s:s}", "schedulers", names(args->schedulers),
                     "builders", names(args->builders), "unimportant",
                     names(args->unimportant_schedulers), "waited_for", args->wait_for_finish,
                     "sources", sources_of(trigger), "set_properties", args->set_properties,
                     "parent_relationship",
                     args->parent_relationship ? args->parent_relationship : "Triggered from");
}

/* ---- what is shown ---- */

/* Whether a link is new. */
static bool is_untold(struct trigger *trigger, char kind, int64_t id)
{
    char key[32];

    snprintf(key, sizeof(key), "%c%" PRId64, kind, id);
    if (json_object_get(trigger->told, key))
        return false;
    json_object_set_new(trigger->told, key, json_true());
    return true;
}

static int64_t number_of(json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void link_builds(struct trigger *trigger, json_t *request)
{
    struct step *step = trigger->step;
    const char *builder = json_string_value(json_object_get(request, "builder"));
    json_t *build;
    size_t i;

    json_array_foreach(json_object_get(request, "builds"), i, build) {
        int64_t number = number_of(build, "number");

        if (is_untold(trigger, 'b', number_of(build, "buildid")))
            step_add_url(step,
                         ci_mem_printf(step->mem, "%s #%" PRId64, builder ? builder : "", number),
                         ci_mem_printf(step->mem, "#/builders/%" PRId64 "/builds/%" PRId64,
                                       number_of(build, "builderid"), number));
    }
}

static void link_all(struct trigger *trigger)
{
    struct step *step = trigger->step;
    json_t *request;
    size_t i;

    json_array_foreach(json_object_get(trigger->status, "requests"), i, request) {
        const char *scheduler = json_string_value(json_object_get(request, "scheduler"));
        int64_t brid = number_of(request, "brid");

        if (is_untold(trigger, 'r', brid))
            step_add_url(
                step,
                ci_mem_printf(step->mem, "%s #%" PRId64, scheduler ? scheduler : "request", brid),
                ci_mem_printf(step->mem, "#/buildrequests/%" PRId64, brid));
        link_builds(trigger, request);
    }
}

/* ": 2 success, 1 failure, 1 not finished" */
static void add_counts(const struct trigger *trigger, struct ci_buf *words)
{
    int counts[CI_RESULT_COUNT] = {0}, open = 0;
    const char *comma = ": ";
    json_t *request;
    size_t i;

    json_array_foreach(json_object_get(trigger->status, "requests"), i, request) {
        int64_t result = number_of(request, "results");

        if (!json_is_true(json_object_get(request, "complete")))
            open++;
        else if (result >= 0 && result < CI_RESULT_COUNT)
            counts[result]++;
    }
    for (i = 0; i < CI_RESULT_COUNT; i++)
        if (counts[i] > 0) {
            ci_buf_printf(words, "%s%d %s", comma, counts[i], ci_result_name((int)i));
            comma = ", ";
        }
    if (open > 0)
        ci_buf_printf(words, "%s%d not finished", comma, open);
}

/* "triggered a, b", with what has become of them when the step waits for that. */
static const char *describe(const struct trigger *trigger)
{
    const struct ci_trigger_args *args = trigger->args;
    struct ci_strs list = args->schedulers.count > 0 ? args->schedulers : args->builders;
    struct ci_buf words;

    ci_buf_init(&words, trigger->step->mem);
    ci_buf_puts(&words, "triggered ");
    for (size_t i = 0; i < list.count; i++)
        ci_buf_printf(&words, "%s%s", i > 0 ? ", " : "", list.items[i]);
    if (args->wait_for_finish)
        add_counts(trigger, &words);
    return words.text;
}

static void show(struct trigger *trigger)
{
    const char *words = describe(trigger);

    link_all(trigger);
    if (trigger->words && strcmp(words, trigger->words) == 0)
        return;
    trigger->words = words;
    steplog_say(&trigger->step->log, "%s", words);
}

/* ---- the calls ---- */

/* One call; false: the step was stopped, or *end is filled. */
static bool ask(struct trigger *trigger, json_t *body, struct step_end *end)
{
    struct step *step = trigger->step;
    const struct step_request request = {
        .method = "POST",
        .path = ci_mem_printf(step->mem, "trigger?step=%d&wait=%d", step->number, WAIT_SECONDS),
        .json = body,
        .timeout = ci_seconds(WAIT_SECONDS + 40),
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct step_reply reply = {0};
    struct ci_err err;

    if (!step_call(step, &request, mem, &reply, &err)) {
        kit_fails(step, end, &err);
        return false;
    }
    if (reply.status >= 400) {
        kit_ends(step, end, CI_EXCEPTION, "could not trigger: %s", reply.error);
        return false;
    }
    trigger->status = ci_mem_json(step->mem, json_incref(reply.json));
    return true;
}

/* The step is over already, so that only the end of the agent ends this. */
static bool call_cancel(struct trigger *trigger, struct ci_err *err)
{
    struct step *step = trigger->step;
    struct agent *agent = step->build->agent;
    const struct ci_pair attempt = {"Slipway-Attempt", step->build->token};
    const char *path =
        ci_mem_printf(step->mem, "/agent/v1/builds/%" PRId64 "/trigger/cancel?step=%d",
                      step->build->id, step->number);

    for (int i = 0; i < CANCEL_TRIES && !agent->abort; i++) {
        struct ci_call call = {
            .method = "POST", .headers = {&attempt, 1},
                 .timeout = ci_seconds(CANCEL_SECONDS)
        };
        struct ci_reply reply = {0};

        if (session_call(agent, step->client, &call, path, step->mem, &reply, err) == CALLED) {
            if (reply.status < 500)
                return true;
            ci_fail(err, CI_EUNAVAILABLE, "%s", session_error(&reply, step->mem));
        }
        agent_lock(agent);
        agent_wait(agent, &agent->connection, ci_seconds(1));
        agent_unlock(agent);
    }
    return false;
}

static void cancel(struct trigger *trigger)
{
    struct ci_err err = {.msg = "the agent ends"};

    if (trigger->step->client && !call_cancel(trigger, &err))
        steplog_say(&trigger->step->log, "could not cancel what was triggered: %s", err.msg);
}

static bool is_set(const struct trigger *trigger, const char *key)
{
    return json_is_true(json_object_get(trigger->status, key));
}

static void finish(struct trigger *trigger, struct step_end *end)
{
    struct step *step = trigger->step;
    const char *error = json_string_value(json_object_get(trigger->status, "error"));
    json_t *results = json_object_get(trigger->status, "results");

    if (error)
        kit_ends(step, end, CI_EXCEPTION, "%s", error);
    else if (!trigger->args->wait_for_finish)
        step_ends(end, CI_SUCCESS, "%.190s", trigger->words);
    else if (json_is_integer(results))
        step_ends(end, (enum ci_result)json_integer_value(results), "%.190s", trigger->words);
    else
        kit_ends(step, end, CI_EXCEPTION, "the builder gave no result");
}

/* The slot is free for others while the build only waits. */
static void wait_on(struct trigger *trigger, bool waiting)
{
    if (trigger->waiting == waiting)
        return;
    trigger->waiting = waiting;
    step_waiting(trigger->step, waiting);
}

static bool watch(struct trigger *trigger, struct step_end *end)
{
    json_t *body = ci_mem_json(trigger->step->mem, make_body(trigger));

    do {
        if (!ask(trigger, body, end))
            return false;
        show(trigger);
        wait_on(trigger, trigger->args->wait_for_finish && is_set(trigger, "done") &&
                             !is_set(trigger, "complete"));
    } while (!is_set(trigger, trigger->args->wait_for_finish ? "complete" : "done"));
    return true;
}

void step_do_trigger(struct step *step, struct step_end *end)
{
    struct trigger trigger = {
        .step = step, .args = step->def->args, .told = ci_mem_json(step->mem, json_object())};
    bool watched = watch(&trigger, end);

    wait_on(&trigger, false);
    if (watched)
        finish(&trigger, end);
    else if (step_stopped(step))
        cancel(&trigger);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What has become of a trigger step's request. */
#include "trigger.h"

#include "shared/result.h"

static const struct ci_field status_fields[] = {
    CI_FIELD(struct trigger_status, done, 0),
    CI_FIELD(struct trigger_status, error, 0),
    CI_FIELD(struct trigger_status, requests, 0),
};
const struct ci_record trigger_status_record =
    CI_RECORD("trigger", struct trigger_status, status_fields);

static bool is_true(json_t *request, const char *key)
{
    return json_is_true(json_object_get(request, key));
}

bool trigger_complete(const struct trigger_status *status)
{
    size_t i;
    json_t *request;

    if (!status->done)
        return false;
    if (status->error)
        return true;
    json_array_foreach(status->requests, i, request) {
        if (!is_true(request, "complete"))
            return false;
    }
    return true;
}

/* Buildbot's Trigger (buildbot/steps/trigger.py) begins with SUCCESS, so that SKIPPED is one. */
int trigger_results(const struct trigger_status *status)
{
    enum ci_result worst = CI_SUCCESS;
    size_t i;
    json_t *request;

    if (status->error)
        return CI_EXCEPTION;
    json_array_foreach(status->requests, i, request) {
        const json_t *results = json_object_get(request, "results");

        if (is_true(request, "important") && json_is_integer(results))
            worst = ci_result_worst(worst, (enum ci_result)json_integer_value(results));
    }
    return worst;
}

struct ci_i64s trigger_requests(const struct trigger_status *status, void *mem)
{
    const size_t count = json_array_size(status->requests);
    int64_t *ids = ci_mem_array(mem, int64_t, count + 1);

    for (size_t i = 0; i < count; i++)
        ids[i] = json_integer_value(json_object_get(json_array_get(status->requests, i), "brid"));
    return (struct ci_i64s){ids, count};
}

bool trigger_equal(const struct trigger_status *a, const struct trigger_status *b)
{
    return a->done == b->done && json_equal(a->requests, b->requests);
}

json_t *trigger_json(const struct trigger_status *status)
{
    const bool complete = trigger_complete(status);

    return json_pack("{s:b,s:s?,s:b,s:o,s:O}", "done", status->done, "error", status->error,
                     "complete", complete, "results",
                     complete ? json_integer(trigger_results(status)) : json_null(), "requests",
                     status->requests);
}

/* The body as docs/architecture.md has it; the scheduler reads the stored text. */
struct trigger_body {
    struct ci_strs schedulers, builders, unimportant;
    bool waited_for;
    json_t *sources, *set_properties;
    const char *parent_relationship;
};
static const struct ci_field body_fields[] = {
    CI_FIELD(struct trigger_body, schedulers, 0),
    CI_FIELD(struct trigger_body, builders, 0),
    CI_FIELD(struct trigger_body, unimportant, 0),
    CI_FIELD(struct trigger_body, waited_for, 0),
    CI_FIELD(struct trigger_body, sources, 0),
    CI_FIELD(struct trigger_body, set_properties, 0),
    CI_FIELD(struct trigger_body, parent_relationship, 0),
};
static const struct ci_record body_record =
    CI_RECORD_OPEN("trigger", struct trigger_body, body_fields);

bool trigger_check(json_t *body, void *mem, struct ci_err *err)
{
    struct trigger_body read = {0};

    if (!ci_record_from_json(&body_record, body, mem, &read, err))
        return false;
    if (read.schedulers.count == 0 && read.builders.count == 0)
        return ci_fail(err, CI_EINVALID, "trigger: schedulers or builders are needed");
    if (read.sources && !json_is_null(read.sources) && !json_is_array(read.sources))
        return ci_fail(err, CI_EINVALID, "trigger.sources: must be a list or null");
    if (read.set_properties && !json_is_null(read.set_properties) &&
        !json_is_object(read.set_properties))
        return ci_fail(err, CI_EINVALID, "trigger.set_properties: must be an object");
    return true;
}

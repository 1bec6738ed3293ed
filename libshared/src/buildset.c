/* SPDX-License-Identifier: Apache-2.0 */
/* Writes buildsets, and tells of them. */
#include "shared/buildset.h"

#include "shared/event.h"
#include "shared/model.h"
#include "shared/subjects.h"
#include "shared_sql.h"

#include <string.h>

static const struct ci_field made_fields[] = {
    CI_FIELD(struct ci_buildset_made, bsid, CI_REQUIRED),
    CI_FIELD(struct ci_buildset_made, brids, CI_REQUIRED),
};
static const struct ci_record made_record =
    CI_RECORD("buildset", struct ci_buildset_made, made_fields);

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* Text that is no UTF-8 has no place in JSON: refused here, naming what it is. */
static bool set_text(json_t *object, const char *key, const char *text, struct ci_err *err)
{
    if (json_object_set_new(object, key, text ? json_string(text) : json_null()) < 0)
        return ci_fail(err, CI_EINVALID, "%s of a source is not valid UTF-8", key);
    return true;
}

static bool sources_json(const struct ci_buildset_request *request, void *mem, json_t **out,
                         struct ci_err *err)
{
    json_t *list = ci_mem_json(mem, json_array());

    for (size_t i = 0; i < request->source_count; i++) {
        const struct ci_source *source = &request->sources[i];
        json_t *object = json_object();

        if (json_array_append_new(list, object) < 0)
            return ci_fail(err, CI_EINTERNAL, "could not list the sources");
        if (!set_text(object, "repository", or_empty(source->repository), err) ||
            !set_text(object, "branch", source->branch, err) ||
            !set_text(object, "revision", source->revision, err) ||
            !set_text(object, "project", or_empty(source->project), err) ||
            !set_text(object, "codebase", or_empty(source->codebase), err))
            return false;
        if (source->patchid)
            (void)json_object_set_new(object, "patchid", json_integer(source->patchid));
    }
    *out = list;
    return true;
}

/* The caller's properties with `scheduler` added, as Buildbot's addBuildsetForSourceStamps does. */
static json_t *properties_json(const struct ci_buildset_request *request, void *mem)
{
    json_t *properties =
        ci_mem_json(mem, request->properties ? json_copy(request->properties) : json_object());

    if (request->scheduler)
        (void)json_object_set_new(properties, "scheduler",
                                  json_pack("[s, s]", request->scheduler, "Scheduler"));
    return properties;
}

/* Those of ci_buildset_record, whose struct lies at the beginning, and what goes with it. */
static const struct ci_field told_fields[] = {
    CI_FIELD(struct ci_buildset, bsid, 0),
    CI_FIELD(struct ci_buildset, external_idstring, 0),
    CI_FIELD(struct ci_buildset, reason, 0),
    CI_FIELD(struct ci_buildset, rebuilt_buildid, 0),
    CI_FIELD(struct ci_buildset, submitted_at, 0),
    CI_FIELD(struct ci_buildset, complete, 0),
    CI_FIELD(struct ci_buildset, complete_at, 0),
    CI_FIELD(struct ci_buildset, results, 0),
    CI_FIELD(struct ci_buildset, sourcestamps, 0),
    CI_FIELD(struct ci_buildset, parent_buildid, 0),
    CI_FIELD(struct ci_buildset, parent_relationship, 0),
    CI_FIELD(struct ci_buildset_told, scheduler, 0),
    CI_FIELD(struct ci_buildset_told, builderids, 0),
};
const struct ci_record ci_buildset_told_record =
    CI_RECORD("buildset", struct ci_buildset_told, told_fields);

bool ci_buildset_add(struct ci_tx *tx, const struct ci_buildset_request *request,
                     struct ci_time now, void *mem, struct ci_buildset_made *out,
                     struct ci_err *err)
{
    static const int64_t none[1];
    /* An empty list, not NULL: both arrays are counted and unnested. */
    const struct ci_i64s builderids =
        request->builderids.count ? request->builderids : (struct ci_i64s){none, 0};
    const struct ci_i64s changeids =
        request->changeids.count ? request->changeids : (struct ci_i64s){none, 0};
    struct ci_buildset_made made = {0};
    json_t *sources = NULL;

    if (!sources_json(request, mem, &sources, err) ||
        !ci_db_one(tx, &sql_buildset_add,
                   CI_ARGS(ci_arg(request->external_idstring), ci_arg(or_empty(request->reason)),
                           ci_arg(request->scheduler), ci_arg(now),
                           ci_arg(request->rebuilt_buildid), ci_arg(request->parent_buildid),
                           ci_arg(request->parent_relationship),
                           ci_arg_json(mem, properties_json(request, mem)), ci_arg(builderids),
                           ci_arg(request->priority), ci_arg(changeids), ci_arg_json(mem, sources),
                           ci_arg(request->waited_for)),
                   &made_record, mem, &made, err))
        return ci_fail_in(err, "buildset");
    *out = made;
    return true;
}

void ci_buildset_publish(struct ci_bus *bus, const char *what, const struct ci_buildset_told *told)
{
    json_auto_t *payload = ci_record_to_json(&ci_buildset_record, &told->set);

    if (strcmp(what, "new") == 0) {
        (void)json_object_set_new(payload, "scheduler",
                                  told->scheduler ? json_string(told->scheduler) : json_null());
        (void)json_object_set_new(payload, "results", json_null());
    }
    ci_event_publish_json_about(bus, "buildsets", told->set.bsid, what, payload, told->builderids);
}

static void announce_rows(struct ci_tx *tx, struct ci_bus *bus, int64_t bsid, void *mem)
{
    struct ci_buildset_told told = {0};
    struct ci_list requests;
    struct ci_err err;

    if (!ci_db_one(tx, &sql_buildset_event, CI_ARGS(ci_arg(bsid)), &ci_buildset_told_record, mem,
                   &told, &err) ||
        !ci_db_rows(tx, &sql_buildset_event_requests, CI_ARGS(ci_arg(bsid)),
                    &ci_buildrequest_record, mem, &requests, &err))
        return;
    ci_buildset_publish(bus, "new", &told);
    CI_FOREACH(struct ci_buildrequest, request, requests) {
        ci_event_publish(bus, "buildrequests", request->buildrequestid, "new",
                         &ci_buildrequest_record, request);
    }
    if (told.set.complete)
        ci_buildset_publish(bus, "complete", &told);
}

void ci_buildset_announce(struct ci_db *db, struct ci_bus *bus, const struct ci_buildset_made *made,
                          void *mem)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err;

    /* First of all: the build waits for this one, the events only for eyes. */
    ci_bus_ring(bus, CI_SUBJECT_WAKE_BUILDER);
    if (ci_bus_connected(bus) && ci_tx_read(db, &tx, &err))
        announce_rows(&tx, bus, made->bsid, mem);
}

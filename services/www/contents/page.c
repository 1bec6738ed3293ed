/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET builds/N/page: the build with what belongs to it, read in one
 * transaction as it was at one moment. Each part is a resource of the REST
 * tables, with its fields and under its rules.
 */
#include "contents/page.h"

#include "openapi/openapi.h"
#include "reply.h"
#include "rest/rest.h"
#include "www_sql.h"

#include <string.h>

enum { PART_MOST = 1000 }; /* of a list; what is beyond is cut, and told */

enum part_kind {
    PART_ONE,  /* an object, or null */
    PART_LIST, /* a list, and how many there are if it was cut */
};

static const struct part {
    const char *name;
    const struct rest_resource *resource;
    enum part_kind kind;
    const char *where;            /* $1 is the build */
    const struct ci_stmt *within; /* likewise */
} parts[] = {
    {"build",            &rest_builds,           PART_ONE,  "b.buildid = $1::bigint",              NULL                },
    {"builder",          &rest_builders,         PART_ONE,
     "bd.builderid = (SELECT pb.builderid FROM builds pb WHERE pb.buildid = $1::bigint)",          NULL                },
    {"worker",           &rest_workers,          PART_ONE,
     "w.workerid = (SELECT pb.workerid FROM builds pb WHERE pb.buildid = $1::bigint)",             NULL                },
    {"buildrequest",     &rest_buildrequests,    PART_ONE,
     "q.buildrequestid = (SELECT pb.buildrequestid FROM builds pb WHERE pb.buildid = $1::bigint)", NULL                },
    {"buildset",         &rest_buildsets,        PART_ONE,
     "bs.bsid = (SELECT pq.buildsetid FROM builds pb JOIN buildrequests pq USING (buildrequestid) "
     "WHERE pb.buildid = $1::bigint)",                                                             NULL                },
    {"steps",            &rest_steps,            PART_LIST, "s.buildid = $1::bigint",              NULL                },
    {"logs",             &rest_logs,             PART_LIST,
     "l.stepid IN (SELECT ps.stepid FROM steps ps WHERE ps.buildid = $1::bigint)",                 NULL                },
    {"changes",          &rest_changes,          PART_LIST, NULL,                                  &sql_build_changes  },
    {"artifacts",        &rest_artifacts,        PART_LIST, "ar.buildid = $1::bigint",             NULL                },
    {"children",         &rest_builds,           PART_LIST, NULL,                                  &sql_build_triggered},
    {"test_result_sets", &rest_test_result_sets, PART_LIST, "ts.buildid = $1::bigint",             NULL                },
};

/* What lies around a build among its builder's. */
struct neighbours {
    struct ci_maybe previous_buildid, previous_number, next_buildid, next_number;
    int64_t tests_passed, tests_failed;
};
static const struct ci_field neighbours_fields[] = {
    CI_FIELD(struct neighbours, previous_buildid, 0),
    CI_FIELD(struct neighbours, previous_number, 0),
    CI_FIELD(struct neighbours, next_buildid, 0),
    CI_FIELD(struct neighbours, next_number, 0),
    CI_FIELD(struct neighbours, tests_passed, 0),
    CI_FIELD(struct neighbours, tests_failed, 0),
};
static const struct ci_record neighbours_record =
    CI_RECORD("neighbours", struct neighbours, neighbours_fields);

/* ---- reading ---- */

struct paging {
    struct www *www;
    const struct ci_request *request;
    const struct access_view *view;
    struct ci_tx tx;
    struct ci_arg build;
    json_t *page;
};

/* Every property of builds, of the requests none: those are the build's too. */
static struct query_options options_of(const struct part *part)
{
    return (struct query_options){
        .limit = ci_some(part->kind == PART_ONE ? 1 : PART_MOST),
        .all_properties = strcmp(part->name, "build") == 0,
        .properties = {&part->name, strcmp(part->name, "build") == 0},
    };
}

static bool read_part(struct paging *paging, const struct part *part, struct ci_err *err)
{
    struct query_options options = options_of(part);
    struct rest_scope scope = {.where = part->where,
                               .within = part->within,
                               .args = &paging->build,
                               .nargs = 1,
                               .view = paging->view};
    struct ci_list rows;

    if (!rest_rows(paging->www, &paging->tx, part->resource, &scope, &options, paging->request->mem,
                   &rows, err))
        return false;
    json_t *list = json_array();
    for (size_t i = 0; i < rows.count; i++)
        json_array_append_new(
            list, ci_record_to_json(part->resource->record,
                                    (const char *)rows.items + i * part->resource->record->size));
    if (part->kind == PART_ONE) {
        json_t *only = json_array_get(list, 0);

        json_object_set(paging->page, part->name, only ? only : json_null());
        json_decref(list);
    } else {
        json_object_set_new(paging->page, part->name, list);
        if (rows.count == PART_MOST)
            json_array_append_new(json_object_get(paging->page, "cut"), json_string(part->name));
    }
    return true;
}

/* Puts each step's logs into the step. */
static void nest_logs(json_t *page)
{
    json_auto_t *logs = json_incref(json_object_get(page, "logs"));
    json_t *steps = json_object_get(page, "steps"), *step, *log;
    size_t i, j = 0;

    json_object_del(page, "logs");
    json_array_foreach(steps, i, step) {
        json_t *own = json_array();
        json_int_t stepid = json_integer_value(json_object_get(step, "stepid"));

        json_array_foreach(logs, j, log) {
            if (json_integer_value(json_object_get(log, "stepid")) == stepid)
                json_array_append(own, log);
        }
        json_object_set_new(step, "logs", own);
    }
}

static bool read_page(struct paging *paging, struct ci_err *err)
{
    struct neighbours around = {0};

    for (size_t i = 0; i < CI_COUNT(parts); i++) {
        if (!read_part(paging, &parts[i], err))
            return false;
        if (i == 0 && json_is_null(json_object_get(paging->page, "build")))
            return ci_fail(err, CI_ENOTFOUND, "no such build");
    }
    if (!ci_db_one(&paging->tx, &sql_page_around,
                   CI_ARGS(paging->build, ci_arg(paging->view->sources)), &neighbours_record,
                   paging->request->mem, &around, err))
        return false;
    json_object_set_new(paging->page, "around", ci_record_to_json(&neighbours_record, &around));
    nest_logs(paging->page);
    return true;
}

static bool read_whole(struct paging *paging, const struct identity *who, struct ci_err *err)
{
    struct access_view *view = ci_mem_zero(paging->request->mem, struct access_view);

    paging->view = view;
    return ci_tx_begin(paging->www->app->db, &paging->tx, err) &&
           ci_db_exec(&paging->tx, &sql_snapshot, CI_NO_ARGS, NULL, err) &&
           access_view(paging->www, &paging->tx, who, paging->request->mem, view, err) &&
           read_page(paging, err);
}

bool page_read(struct www *www, const struct ci_request *request, const struct identity *who,
               int64_t buildid, struct ci_response *response, struct ci_err *err)
{
    struct paging paging = {.www = www,
                            .request = request,
                            .build = ci_arg_i64(buildid),
                            .page = json_pack("{s:[]}", "cut")};
    bool read = read_whole(&paging, who, err);

    ci_tx_rollback(&paging.tx);
    if (read)
        reply_json(request, response, json_pack("{s:[o], s:{}}", "pages", paging.page, "meta"));
    else
        json_decref(paging.page);
    return read;
}

/* ---- its schema ---- */

static json_t *part_schema(const struct part *part, void *mem)
{
    json_t *row = openapi_ref("schemas", openapi_name(part->resource, mem));

    if (strcmp(part->name, "steps") == 0)
        row = json_pack("{s:[o, {s:s, s:[s], s:{s:{s:s, s:o}}}]}", "allOf", row, "type", "object",
                        "required", "logs", "properties", "logs", "type", "array", "items",
                        openapi_ref("schemas", "log"));
    return part->kind == PART_ONE ? json_pack("{s:[o, {s:s}]}", "oneOf", row, "type", "null")
                                  : json_pack("{s:s, s:o}", "type", "array", "items", row);
}

json_t *page_schema(void *mem)
{
    json_t *properties = json_object(), *required = json_array();
    const char *name;
    json_t *schema;

    for (size_t i = 0; i < CI_COUNT(parts); i++)
        if (strcmp(parts[i].name, "logs") != 0) /* inside the steps */
            json_object_set_new(properties, parts[i].name, part_schema(&parts[i], mem));
    json_object_set_new(properties, "around", openapi_record(&neighbours_record));
    json_object_set_new(properties, "cut",
                        json_pack("{s:s, s:{s:s}, s:s}", "type", "array", "items", "type", "string",
                                  "description", "The lists that have more than their 1000 rows"));
    json_object_foreach(properties, name, schema)
        json_array_append_new(required, json_string(name));
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required",
                     required);
}

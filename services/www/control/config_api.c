/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration over HTTP, for the command line: the versions there were,
 * a new one, and an old one again. All of it takes the right `config`.
 */
#include "access/access.h"
#include "edge/idempotency.h"
#include "events/plant_events.h"
#include "reply.h"
#include "shared/diff.h"
#include "shared/event.h"
#include "shared/model.h"
#include "shared/subjects.h"
#include "www.h"
#include "www_sql.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MOST = 100 };

/* Nobody reads or applies it who has not the right to both: the text may hold secrets. */
static bool may(void *service, const struct ci_request *request, struct ci_err *err)
{
    const struct identity *who;

    return access_check(www_of(service), request, CI_ACTION_CONFIG, NULL, &who, err);
}

static json_t *encode(struct ci_list versions)
{
    json_t *list = json_array();

    CI_FOREACH(const struct ci_config_version, version, versions)
        json_array_append_new(list, ci_record_to_json(&ci_config_version_record, version));
    return json_pack("{s:o}", "configs", list);
}

/* The newest first, which is the one in force; `limit` of them, without their texts. */
bool config_list(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    const char *text = ci_request_query(request, "limit");
    int64_t limit = text ? strtoll(text, NULL, 10) : LIST_MOST;
    struct ci_list versions;
    CI_AUTO_TX tx = {0};

    if (!may(service, request, err))
        return false;
    if (limit < 1)
        return ci_fail(err, CI_EINVALID, "invalid limit");
    if (!ci_tx_read(www_of(service)->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_config_list, CI_ARGS(ci_arg(limit), ci_arg_bool(false)),
                    &ci_config_version_record, request->mem, &versions, err))
        return false;
    reply_compact(request, response, 200, encode(versions));
    return true;
}

static bool find_version(struct ci_db *db, int64_t version, void *mem,
                         struct ci_config_version *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(db, &tx, err))
        return false;
    if (ci_db_one(&tx, &sql_config_one, CI_ARGS(ci_arg(version)), &ci_config_version_record, mem,
                  out, err))
        return true;
    return err->code == CI_ENOTFOUND
               ? ci_fail(err, CI_ENOTFOUND, "no configuration version %lld", (long long)version)
               : false;
}

bool config_one(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct ci_config_version version = {0};

    if (!may(service, request, err) ||
        !find_version(www_of(service)->app->db, ci_request_id(request, "version"), request->mem,
                      &version, err))
        return false;
    reply_compact(request, response, 200, encode((struct ci_list){&version, 1}));
    return true;
}

/* The version that another is compared with: ?against=N, else the one before; 0: there is none. */
static bool read_against(const struct ci_request *request, int64_t version, int64_t *out,
                         struct ci_err *err)
{
    const char *text = ci_request_query(request, "against");
    char *end = NULL;

    *out = text ? strtoll(text, &end, 10) : version - 1;
    return !text || (*text && !*end && *out >= 0) ? true
                                                  : ci_fail(err, CI_EINVALID, "invalid against");
}

bool config_diff(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    struct ci_db *db = www_of(service)->app->db;
    struct ci_config_version new = {0}, old = {.yaml = ""};
    int64_t wanted = ci_request_id(request, "version"), against;

    if (!may(service, request, err) || !read_against(request, wanted, &against, err) ||
        !find_version(db, wanted, request->mem, &new, err) ||
        (against && !find_version(db, against, request->mem, &old, err)))
        return false;
    const struct ci_diff_text from = {
        against ? ci_mem_printf(request->mem, "version %lld", (long long)against) : "nothing",
        {old.yaml, strlen(old.yaml)},
    };
    const struct ci_diff_text to = {
        ci_mem_printf(request->mem, "version %lld", (long long)wanted),
        {new.yaml, strlen(new.yaml)},
    };
    if (!ci_diff(&from, &to, request->mem, &response->raw, err))
        return false;
    response->status = 200;
    response->content_type = "text/x-diff; charset=utf-8";
    return true;
}

bool config_current(void *service, const struct ci_request *request, struct ci_response *response,
                    struct ci_err *err)
{
    struct ci_list versions;
    CI_AUTO_TX tx = {0};

    if (!may(service, request, err) || !ci_tx_read(www_of(service)->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_config_list, CI_ARGS(ci_arg(1), ci_arg_bool(true)),
                    &ci_config_version_record, request->mem, &versions, err))
        return false;
    if (!versions.count)
        return ci_fail(err, CI_ENOTFOUND, "no configuration was applied yet");
    reply_compact(request, response, 200, encode(versions));
    return true;
}

/* Every finding of the check, for the one who wrote the file. */
static bool reply_problems(const struct ci_request *request, struct ci_response *response,
                           struct ci_list problems)
{
    const struct ci_problem *first = problems.items;
    json_t *list = json_array();

    CI_FOREACH(const struct ci_problem, problem, problems)
        json_array_append_new(list, json_pack("{s:i, s:i, s:s}", "line", problem->line, "column",
                                              problem->column, "message", problem->message));
    reply_compact(request, response, 400,
                  json_pack("{s:s, s:o}", "error",
                            problems.count ? first->message : "the configuration is not valid",
                            "problems", list));
    return true;
}

/* projects/<id>/update and codebases/<id>/update of what the version changed: best effort. */
static void announce_projects(struct ci_app *app, int64_t version, void *mem)
{
    struct ci_list projects, codebases;
    const struct ci_arg args[] = {ci_arg(version)};
    const struct ci_query queries[] = {
        {&sql_project_changed,  args, 1, &ci_project_row_record,  &projects,  NULL},
        {&sql_codebase_changed, args, 1, &ci_codebase_row_record, &codebases, NULL},
    };
    struct ci_err ignored;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(app->db, &tx, &ignored) ||
        !ci_db_pipeline(&tx, queries, CI_COUNT(queries), mem, &ignored))
        return;
    CI_FOREACH(const struct ci_project_row, project, projects)
        ci_event_publish(app->bus, "projects", project->projectid, "update", &ci_project_row_record,
                         project);
    CI_FOREACH(const struct ci_codebase_row, codebase, codebases)
        ci_event_publish(app->bus, "codebases", codebase->codebaseid, "update",
                         &ci_codebase_row_record, codebase);
}

/* Who applies; routes of this role always have one. */
static const struct identity *who_of(const struct ci_request *request)
{
    static const struct identity unknown = {.username = "admin", .provider = "admin-token"};

    return request->who.identity ? request->who.identity : &unknown;
}

/* What is answered: {"version": 7, "changed": true}. New reference. */
static json_t *applied(int64_t version, bool changed)
{
    return json_pack("{s:I, s:b}", "version", (json_int_t)version, "changed", changed);
}

/* Stores the text as the version in force; *changed is false when it is that already. */
static bool apply(struct www *www, const struct ci_request *request, const char *yaml,
                  const char *comment, struct idempotency *idempotency, int64_t *version,
                  bool *changed, struct ci_err *err)
{
    struct ci_app *app = www->app;
    struct ci_list was, is;
    int64_t before;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(app->db, &tx, err) || !ci_config_current_version(&tx, &before, err) ||
        !plant_look(&tx, request->mem, &was, err) ||
        !ci_config_apply(&tx, yaml, request->who.name ? request->who.name : "admin", comment,
                         request->mem, version, err) ||
        !plant_look(&tx, request->mem, &is, err) ||
        !audit_add(&tx, request, who_of(request), "apply",
                   ci_mem_printf(request->mem, "config/%lld", (long long)*version), "done",
                   json_pack("{s:s, s:b}", "comment", comment, "changed", *version != before),
                   err) ||
        !idempotency_keep(&tx, idempotency,
                          ci_mem_json(request->mem, applied(*version, *version != before)), err) ||
        !ci_tx_commit(&tx, err))
        return false;
    *changed = *version != before;
    ci_bus_ring(app->bus, CI_SUBJECT_WAKE_CONFIG);
    ci_bus_ring(app->bus, CI_SUBJECT_WAKE_BUILDER);
    if (*changed)
        announce_projects(app, *version, request->mem);
    plant_tell(www, was, is, request->mem);
    /* The next request is to see it here; elsewhere the doorbell and the sweeps do. */
    struct ci_err later;
    (void)!ci_config_cache_refresh(app->config, NULL, &later);
    return true;
}

static bool apply_text(struct www *www, const struct ci_request *request, const char *yaml,
                       const char *comment, struct idempotency *idempotency,
                       struct ci_response *response, struct ci_err *err)
{
    struct ci_config *config;
    struct ci_list problems;
    int64_t version;
    bool changed;

    if (!ci_config_parse("slipway.yaml", yaml, strlen(yaml), request->mem, &config, &problems))
        return reply_problems(request, response, problems);
    if (!apply(www, request, yaml, comment, idempotency, &version, &changed, err))
        return false;
    reply_compact(request, response, 200, applied(version, changed));
    return true;
}

/* The same, unless a call with this Idempotency-Key has or is about to. */
static bool apply_once(struct www *www, const struct ci_request *request, const char *yaml,
                       const char *comment, struct ci_response *response, struct ci_err *err)
{
    struct idempotency idempotency;
    enum idempotency_verdict verdict;
    json_t *answer = NULL;

    if (!idempotency_begin(www, request, who_of(request), &idempotency, &verdict, &answer, err))
        return false;
    switch (verdict) {
    case IDEMPOTENCY_KNOWN:
        reply_compact(request, response, 200, json_incref(answer));
        return true;
    case IDEMPOTENCY_OTHER:
        return reply_error(request, response, 422, "%s", idempotency_text(verdict));
    case IDEMPOTENCY_BUSY:
        ci_response_header(request, response, "Retry-After",
                           ci_mem_printf(request->mem, "%d", IDEMPOTENCY_RETRY_S));
        return reply_error(request, response, 409, "%s", idempotency_text(verdict));
    case IDEMPOTENCY_GO:
        break;
    }
    bool done = apply_text(www, request, yaml, comment, &idempotency, response, err);
    idempotency_end(www, &idempotency, done);
    return done;
}

bool config_post(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    const char *comment = ci_request_query(request, "comment");
    char *yaml =
        ci_mem_strndup(request->mem, request->raw.data ? request->raw.data : "", request->raw.len);

    if (!may(service, request, err))
        return false;
    if (strlen(yaml) != request->raw.len)
        return ci_fail(err, CI_EINVALID, "the text has a NUL byte at offset %zu", strlen(yaml));
    return apply_once(www_of(service), request, yaml, comment ? comment : "", response, err);
}

bool config_rollback(void *service, const struct ci_request *request, struct ci_response *response,
                     struct ci_err *err)
{
    struct www *www = www_of(service);
    int64_t wanted = ci_request_id(request, "version");
    struct ci_config_version version = {0};

    if (!may(service, request, err) ||
        !find_version(www->app->db, wanted, request->mem, &version, err))
        return false;
    return apply_once(www, request, version.yaml,
                      ci_mem_printf(request->mem, "version %lld again", (long long)wanted),
                      response, err);
}

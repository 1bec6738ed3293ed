/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of builds and of what asks for them; names and types are Buildbot's. */
#include "shared/model.h"
#include "tables/tables.h"

static const struct rest_field build_fields[] = {
    {"buildid",          "b.buildid",          REST_INT,    false, NULL},
    {"number",           "b.number",           REST_INT,    false, NULL},
    {"builderid",        "b.builderid",        REST_INT,    false, NULL},
    {"buildrequestid",   "b.buildrequestid",   REST_INT,    false, NULL},
    {"masterid",         "b.masterid",         REST_INT,    false, NULL},
    {"workerid",         "b.workerid",         REST_INT,    false, NULL},
    {"started_at",       "b.started_at",       REST_TIME,   false, NULL},
    {"complete_at",      "b.complete_at",      REST_TIME,   true,  NULL},
    {"complete",         "b.complete",         REST_BOOL,   false, NULL},
    {"locks_duration_s", "b.locks_duration_s", REST_INT,    false, NULL},
    {"results",          "b.results",          REST_INT,    true,  NULL},
    {"state_string",     "b.state_string",     REST_STR,    false, NULL},
    {"properties",       "'{}'::jsonb",        REST_OPAQUE, false, NULL},
    {"attempt",          "b.attempt",          REST_INT,    false, NULL},
    {"environment",      "b.environment",      REST_STR,    true,  NULL},
    {"pinned",           "b.pinned",           REST_BOOL,   false, NULL},
};
static const struct rest_index build_indexes[] = {
    {"buildid",              REST_FEW },
    {"buildid",              REST_WALK},
    {"buildrequestid",       REST_FEW },
    {"!complete",            REST_FEW },
    {"builderid number",     REST_PART},
    {"builderid buildid",    REST_PART},
    {"builderid started_at", REST_PART},
    {"workerid buildid",     REST_PART},
    {"started_at",           REST_WALK},
    {"complete_at",          REST_WALK},
    {"results buildid",      REST_WALK},
    {NULL,                   REST_WALK},
};
const struct rest_resource rest_builds = REST_RESOURCE(
    "builds", "builds b", "b.buildid", build_fields, &ci_build_record, .properties = "b.properties",
    .indexes = build_indexes, .mostly = "complete",
    .help = "One run of a builder's steps, made for a request.", .hidden = HIDDEN_BUILD_ROW("b"));

/* As struct ci_buildrequest, which events carry, and with what became of a collapsed one. */
struct request_row {
    int64_t buildrequestid, buildsetid, builderid;
    int priority;
    bool claimed;
    struct ci_time claimed_at;
    struct ci_maybe claimed_by_masterid;
    bool complete;
    int results; /* -1 while incomplete */
    struct ci_time submitted_at, complete_at;
    bool waited_for;
    json_t *properties; /* null unless asked for */
    struct ci_maybe collapsed_into;
};
static const struct ci_field request_row_fields[] = {
    CI_FIELD(struct request_row, buildrequestid, 0),
    CI_FIELD(struct request_row, buildsetid, 0),
    CI_FIELD(struct request_row, builderid, 0),
    CI_FIELD(struct request_row, priority, 0),
    CI_FIELD(struct request_row, claimed, 0),
    CI_FIELD(struct request_row, claimed_at, 0),
    CI_FIELD(struct request_row, claimed_by_masterid, 0),
    CI_FIELD(struct request_row, complete, 0),
    CI_FIELD(struct request_row, results, 0),
    CI_FIELD(struct request_row, submitted_at, 0),
    CI_FIELD(struct request_row, complete_at, 0),
    CI_FIELD(struct request_row, waited_for, 0),
    CI_FIELD(struct request_row, properties, 0),
    CI_FIELD(struct request_row, collapsed_into, 0),
};
static const struct ci_record request_row_record =
    CI_RECORD("buildrequest", struct request_row, request_row_fields);

/* Buildbot's claimed=false leaves out what is over: nobody will claim that any more. */
static const struct rest_field buildrequest_fields[] = {
    {"buildrequestid",      "q.buildrequestid",                       REST_INT,    false, NULL                              },
    {"buildsetid",          "q.buildsetid",                           REST_INT,    false, NULL                              },
    {"builderid",           "q.builderid",                            REST_INT,    false, NULL                              },
    {"priority",            "q.priority",                             REST_INT,    false, NULL                              },
    {"claimed",             "q.claimed",                              REST_BOOL,   false, "NOT q.claimed AND NOT q.complete"},
    {"claimed_at",          "q.claimed_at",                           REST_TIME,   true,  NULL                              },
    {"claimed_by_masterid", "CASE WHEN q.claimed THEN 1::bigint END", REST_INT,    true,  NULL                              },
    {"complete",            "q.complete",                             REST_BOOL,   false, NULL                              },
    {"results",             "q.results",                              REST_INT,    false, NULL                              },
    {"submitted_at",        "q.submitted_at",                         REST_TIME,   false, NULL                              },
    {"complete_at",         "q.complete_at",                          REST_TIME,   true,  NULL                              },
    {"waited_for",          "q.waited_for",                           REST_BOOL,   false, NULL                              },
    {"properties",          "NULL::jsonb",                            REST_OPAQUE, true,  NULL                              },
    {"collapsed_into",      "q.collapsed_into",                       REST_INT,    true,  NULL                              },
};
static const struct rest_index buildrequest_indexes[] = {
    {"buildrequestid",           REST_FEW },
    {"buildrequestid",           REST_WALK},
    {"buildsetid",               REST_FEW },
    {"!claimed",                 REST_FEW },
    {"!complete",                REST_FEW },
    {"builderid buildrequestid", REST_PART},
    {"submitted_at",             REST_WALK},
    {NULL,                       REST_WALK},
};
const struct rest_resource rest_buildrequests = REST_RESOURCE(
    "buildrequests", "buildrequests q", "q.buildrequestid", buildrequest_fields,
    &request_row_record,
    .properties = "(SELECT bs.properties FROM buildsets bs WHERE bs.bsid = q.buildsetid)",
    .indexes = buildrequest_indexes, .mostly = "complete",
    .help =
        "The wish for a build of one builder; a build that is lost is followed by another of the same request.",
    .hidden = "(q.builderid = ANY($B) OR " HIDDEN_SOURCES("q.buildsetid") ")");

/* json is text right away; jsonb would be sorted first, and be made text then. */
/* A patch as an object inside its source stamp; the body is null, as with Buildbot. */
#define PATCH_JSON                                                                                 \
    "CASE WHEN ss.patchid IS NOT NULL THEN "                                                       \
    "(SELECT json_build_object('patchid', p.patchid, 'body', NULL, 'level', p.level, 'subdir', "   \
    "p.subdir, 'author', p.author, 'comment', p.comment) FROM patches p "                          \
    "WHERE p.patchid = ss.patchid) END"

/* A source stamp as an object inside another resource. */
#define SOURCESTAMP_JSON                                                                                \
    "json_build_object('ssid', ss.ssid, 'revision', ss.revision, 'branch', ss.branch, "                 \
    "'repository', ss.repository, 'project', ss.project, 'codebase', ss.codebase, 'patch', " PATCH_JSON \
    ", 'created_at', floor(extract(epoch FROM ss.created_at))::bigint)"

static const struct rest_field buildset_fields[] = {
    {"bsid",                "bs.bsid",                REST_INT,    false, NULL},
    {"external_idstring",   "bs.external_idstring",   REST_STR,    true,  NULL},
    {"reason",              "bs.reason",              REST_STR,    false, NULL},
    {"rebuilt_buildid",     "bs.rebuilt_buildid",     REST_INT,    true,  NULL},
    {"submitted_at",        "bs.submitted_at",        REST_TIME,   false, NULL},
    {"complete",            "bs.complete",            REST_BOOL,   false, NULL},
    {"complete_at",         "bs.complete_at",         REST_TIME,   true,  NULL},
    {"results",             "bs.results",             REST_INT,    false, NULL},
    {"sourcestamps",
     "(SELECT coalesce(json_agg(" SOURCESTAMP_JSON " ORDER BY ss.codebase, ss.ssid), '[]') "
     "FROM buildset_sourcestamps link JOIN sourcestamps ss USING (ssid) "
     "WHERE link.bsid = bs.bsid)",                    REST_OPAQUE, false, NULL},
    {"parent_buildid",      "bs.parent_buildid",      REST_INT,    true,  NULL},
    {"parent_relationship", "bs.parent_relationship", REST_STR,    true,  NULL},
};
static const struct rest_index buildset_indexes[] = {
    {"bsid",              REST_FEW },
    {"bsid",              REST_WALK},
    {"!complete",         REST_FEW },
    {"external_idstring", REST_FEW },
    {"parent_buildid",    REST_FEW },
    {"submitted_at",      REST_WALK},
    {NULL,                REST_WALK},
};
const struct rest_resource rest_buildsets = REST_RESOURCE(
    "buildsets", "buildsets bs", "bs.bsid", buildset_fields, &ci_buildset_record,
    .indexes = buildset_indexes, .mostly = "complete",
    .help = "Requests that were made together, of the same sources and for the same reason.",
    .hidden = HIDDEN_BUILDSET("bs.bsid"));

static const struct rest_field sourcestamp_fields[] = {
    {"ssid",       "ss.ssid",       REST_INT,    false, NULL},
    {"revision",   "ss.revision",   REST_STR,    true,  NULL},
    {"branch",     "ss.branch",     REST_STR,    true,  NULL},
    {"repository", "ss.repository", REST_STR,    false, NULL},
    {"project",    "ss.project",    REST_STR,    false, NULL},
    {"codebase",   "ss.codebase",   REST_STR,    false, NULL},
    {"patch",      PATCH_JSON,      REST_OPAQUE, true,  NULL},
    {"created_at", "ss.created_at", REST_TIME,   false, NULL},
};
static const struct rest_index sourcestamp_indexes[] = {
    {"ssid",                       REST_FEW },
    {"ssid",                       REST_WALK},
    {"revision",                   REST_FEW },
    {"repository branch revision", REST_FEW },
    {NULL,                         REST_WALK},
};
const struct rest_resource rest_sourcestamps = REST_RESOURCE(
    "sourcestamps", "sourcestamps ss", "ss.ssid", sourcestamp_fields, &ci_sourcestamp_record,
    .indexes = sourcestamp_indexes,
    .help = "Which sources: repository, branch, revision, and a patch if there is one.",
    .hidden = "ss.project = ANY($P)");

static const struct rest_field change_fields[] = {
    {"changeid",         "c.changeid",                                                                REST_INT,    false, NULL},
    {"parent_changeids",
     "CASE WHEN c.parent_changeid IS NULL THEN '{}'::bigint[] ELSE ARRAY[c.parent_changeid] END",     REST_INTS,   false, NULL},
    {"author",           "c.author",                                                                  REST_STR,    false, NULL},
    {"committer",        "c.committer",                                                               REST_STR,    true,  NULL},
    {"files",            "c.files",                                                                   REST_STRS,   false, NULL},
    {"comments",         "c.comments",                                                                REST_STR,    false, NULL},
    {"revision",         "c.revision",                                                                REST_STR,    true,  NULL},
    {"when_timestamp",   "c.when_timestamp",                                                          REST_TIME,   false, NULL},
    {"branch",           "c.branch",                                                                  REST_STR,    true,  NULL},
    {"category",         "c.category",                                                                REST_STR,    true,  NULL},
    {"revlink",          "c.revlink",                                                                 REST_STR,    true,  NULL},
    {"properties",       "c.properties",                                                              REST_OPAQUE, false, NULL},
    {"repository",       "c.repository",                                                              REST_STR,    false, NULL},
    {"project",          "c.project",                                                                 REST_STR,    false, NULL},
    {"codebase",         "c.codebase",                                                                REST_STR,    false, NULL},
    {"sourcestamp",      "(SELECT " SOURCESTAMP_JSON " FROM sourcestamps ss WHERE ss.ssid = c.ssid)",
     REST_OPAQUE,                                                                                                  false, NULL},
};
static const struct rest_index change_indexes[] = {
    {"changeid",                            REST_FEW },
    {"changeid",                            REST_WALK},
    {"revision",                            REST_FEW },
    {"repository branch codebase changeid", REST_PART},
    {"codebase changeid",                   REST_PART},
    {"project changeid",                    REST_PART},
    {"branch changeid",                     REST_PART},
    {"author changeid",                     REST_PART},
    {"category changeid",                   REST_PART},
    {"when_timestamp",                      REST_WALK},
    {NULL,                                  REST_WALK},
};
const struct rest_resource rest_changes = REST_RESOURCE(
    "changes", "changes c", "c.changeid", change_fields, &ci_change_record,
    .indexes = change_indexes, .help = "A commit, or what else was reported as a change.",
    .hidden = "c.project = ANY($P)");

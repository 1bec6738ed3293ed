/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of tables and the configuration's answers share. */
#pragma once

#include "rest/resource.h"

struct www;

/*
 * Begins a statement: `met` is where the histories of the commits $2 and $3 of codebase $1 meet,
 * and the ways from there to each, oldest first, both ends in; no row when they don't within 100
 * commits (Buildbot's bound).
 */
#define COMMIT_RANGE                                                                               \
    "WITH RECURSIVE way AS ("                                                                      \
    "SELECT side.side, c.commitid, c.parent_commitid, ARRAY[c.commitid] AS path, c.codebaseid "    \
    "FROM (VALUES (1, $2::bigint), (2, $3::bigint)) side(side, commitid) "                         \
    "JOIN commits c ON c.commitid = side.commitid AND c.codebaseid = $1::bigint "                  \
    "UNION ALL "                                                                                   \
    "SELECT way.side, c.commitid, c.parent_commitid, c.commitid || way.path, c.codebaseid "        \
    "FROM way JOIN commits c ON c.commitid = way.parent_commitid "                                 \
    "WHERE cardinality(way.path) <= 100"                                                           \
    "), met AS ("                                                                                  \
    "SELECT one.codebaseid, one.commitid AS common, one.path AS to1, two.path AS to2 "             \
    "FROM way one JOIN way two ON two.commitid = one.commitid "                                    \
    "WHERE one.side = 1 AND two.side = 2 "                                                         \
    "ORDER BY cardinality(one.path) LIMIT 1) "

/*
 * What makes rows hidden (rest_resource.hidden): sources of a hidden project, of a buildset; then
 * builds by a row that is at hand, by their id, or by the id of a step.
 */
#define HIDDEN_SOURCES(bsid)                                                                       \
    "(cardinality($Q) > 0 AND EXISTS (SELECT FROM buildset_sourcestamps hl "                       \
    "JOIN sourcestamps hs USING (ssid) WHERE hl.bsid = " bsid " AND hs.project = ANY($Q)))"
#define HIDDEN_BUILD_ROW(b)                                                                        \
    "(" b ".builderid = ANY($B) OR (cardinality($Q) > 0 AND EXISTS (SELECT FROM buildrequests hq " \
    "JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid JOIN sourcestamps hs USING (ssid) "  \
    "WHERE hq.buildrequestid = " b ".buildrequestid AND hs.project = ANY($Q))))"
#define HIDDEN_BUILD(buildid)                                                                      \
    "EXISTS (SELECT FROM builds hb WHERE hb.buildid = " buildid " AND " HIDDEN_BUILD_ROW("hb") ")"
#define HIDDEN_STEP(stepid)                                                                        \
    "EXISTS (SELECT FROM steps hst JOIN builds hb USING (buildid) WHERE hst.stepid = " stepid      \
    " AND " HIDDEN_BUILD_ROW("hb") ")"
#define HIDDEN_BUILDSET(bsid)                                                                      \
    "(NOT EXISTS (SELECT FROM buildrequests hq WHERE hq.buildsetid = " bsid                        \
    " AND hq.builderid <> ALL($B)) OR " HIDDEN_SOURCES(bsid) ")"
#define HIDDEN_NEVER "false"

/* A row of rest_forceschedulers. */
struct forcescheduler_row {
    const char *name, *button_name, *label;
    struct ci_strs builder_names;
    bool enabled;
    json_t *all_fields;
};

/* A row of rest_tryschedulers. */
struct tryscheduler_row {
    const char *name;
    struct ci_strs builder_names, codebases;
    bool enabled;
};

/* A worker in force, as far as it decides which builders it serves. */
struct worker_brief {
    int64_t workerid;
    const char *name;
    json_t *labels;
    bool active;
};
extern const struct ci_record worker_brief_record;

/* rest_path.resolve and rest_resource.finish of what only slipway.yaml knows; see configured.c. */
bool resolve_builders_of_worker(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                void *mem, struct ci_err *err);
bool resolve_workers_of_builder(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                void *mem, struct ci_err *err);
bool resolve_workers_of_masters_builder(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                        void *mem, struct ci_err *err);
/* Puts the build's id in place of (builder, number). */
bool resolve_build_by_number(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err);
bool resolve_build_by_name(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                           struct ci_err *err);
/* Puts the builder's id in place of its name. */
bool resolve_builder_by_name(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err);
bool resolve_forceschedulers(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err);
bool resolve_tryschedulers(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                           struct ci_err *err);
bool finish_schedulers(struct www *www, struct ci_tx *tx, const struct access_view *view,
                       struct ci_list rows, void *mem, struct ci_err *err);
bool finish_workers(struct www *www, struct ci_tx *tx, const struct access_view *view,
                    struct ci_list rows, void *mem, struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resources of REST API v2 as structs and records. Field names, types and
 * nullability are Buildbot's (section "Resource types" of its REST API);
 * the SQL that fills them names its columns alike. The same JSON is the
 * payload of live events. Additions of ours stand last in each struct.
 */
#pragma once

#include "shared/record.h"

struct ci_build {
    int64_t buildid, number, builderid, buildrequestid, masterid;
    struct ci_maybe workerid;
    struct ci_time started_at, complete_at;
    bool complete;
    int64_t locks_duration_s;
    struct ci_maybe results; /* null while running */
    const char *state_string;
    json_t *properties;      /* {} unless asked for */
    int64_t attempt;         /* 1 for the first build of a request */
    const char *environment; /* ours: key of the environment it ran in; null without */
    bool pinned;             /* ours: retention passes over it */
};

struct ci_buildrequest {
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
};

struct ci_sourcestamp {
    int64_t ssid;
    const char *revision, *branch;
    const char *repository, *project, *codebase;
    json_t *patch;
    struct ci_time created_at;
};

struct ci_buildset {
    int64_t bsid;
    const char *external_idstring;
    const char *reason;
    struct ci_maybe rebuilt_buildid;
    struct ci_time submitted_at;
    bool complete;
    struct ci_time complete_at;
    int results;          /* -1 while incomplete */
    json_t *sourcestamps; /* array of sourcestamp objects */
    struct ci_maybe parent_buildid;
    const char *parent_relationship;
};

struct ci_change {
    int64_t changeid;
    struct ci_i64s parent_changeids;
    const char *author, *committer;
    struct ci_strs files;
    const char *comments, *revision;
    struct ci_time when_timestamp;
    const char *branch, *category, *revlink;
    json_t *properties;
    const char *repository, *project, *codebase;
    json_t *sourcestamp;
};

struct ci_step_row {
    int64_t stepid;
    int number;
    const char *name;
    int64_t buildid;
    struct ci_time started_at, locks_acquired_at;
    bool complete;
    struct ci_time complete_at;
    struct ci_maybe results;
    const char *state_string;
    json_t *urls;
    bool hidden;
    const char *group; /* ours: null without */
    int warnings;      /* ours: that the step counted */
};

struct ci_log_row {
    int64_t logid;
    const char *name, *slug;
    int64_t stepid;
    bool complete;
    int64_t num_lines;
    const char *type; /* "s" */
};

struct ci_builder_row {
    int64_t builderid;
    const char *name;
    struct ci_i64s masterids;
    const char *description, *description_format, *description_html;
    struct ci_maybe projectid;
    struct ci_strs tags;
};

struct ci_worker_row {
    int64_t workerid;
    const char *name;
    json_t *connected_to, *configured_on; /* [{masterid}], [{masterid, builderid}] */
    json_t *workerinfo;                   /* admin, host, access_uri, version */
    bool paused;
    const char *pause_reason;
    bool graceful;
    struct ci_time last_seen_at; /* ours: null when never */
    int max_builds;              /* ours: slots in force */
    json_t *labels;              /* ours */
};

struct ci_master_row {
    int64_t masterid;
    const char *name;
    bool active;
    struct ci_time last_active;
};

struct ci_scheduler_row {
    int64_t schedulerid;
    const char *name;
    bool enabled;
    json_t *master;
    const char *type;      /* ours, like the next three */
    json_t *builder_names; /* the configuration's to say: empty in events */
    struct ci_time next_fire_at, last_fired_at;
};

struct ci_project_row {
    int64_t projectid;
    const char *name, *slug;
    bool active; /* a builder in force belongs to it */
    const char *description, *description_format, *description_html;
};

struct ci_codebase_row {
    int64_t codebaseid, projectid;
    const char *name, *slug;
};

struct ci_branch_row {
    int64_t branchid, codebaseid;
    const char *name;
    struct ci_maybe commitid;
    struct ci_time last_timestamp;
};

struct ci_commit_row {
    int64_t commitid, codebaseid;
    const char *author, *committer, *comments;
    struct ci_time when_timestamp;
    const char *revision;
    struct ci_maybe parent_commitid;
};

/* A build's test results of one kind, from one step. */
struct ci_test_result_set {
    int64_t test_result_setid, builderid, buildid, stepid;
    const char *description, *category, *value_unit;
    struct ci_maybe tests_passed, tests_failed;
    bool complete;
};

struct ci_test_result {
    int64_t test_resultid, builderid, test_result_setid;
    const char *test_name, *test_code_path;
    struct ci_maybe line, duration_ns;
    const char *value;
};

struct ci_build_data {
    int64_t buildid;
    const char *name;
    int64_t length;
    const char *source;
    json_t *value; /* null always: the bytes have a path of their own */
};

/* Ours: a file that a build uploaded. */
struct ci_artifact {
    int64_t artifactid, buildid;
    int step; /* its number */
    const char *name;
    int64_t size;
    const char *sha256; /* in hex */
    int mode;
    struct ci_time mtime, created_at, expires_at;
};

/* Ours: one message to one recipient. */
struct ci_notification {
    int64_t notificationid, buildid, builderid, number;
    const char *notifier, *transport, *recipient, *subject;
    const char *state; /* pending, sending, sent, failed, unconfirmed */
    int attempts;
    struct ci_time created_at, sent_at, next_try_at;
    const char *error;
};

extern const struct ci_record ci_build_record, ci_buildrequest_record, ci_sourcestamp_record,
    ci_buildset_record, ci_change_record, ci_step_row_record, ci_log_row_record,
    ci_project_row_record, ci_codebase_row_record, ci_branch_row_record, ci_commit_row_record,
    ci_builder_row_record, ci_worker_row_record, ci_master_row_record, ci_scheduler_row_record,
    ci_notification_record, ci_test_result_set_record, ci_test_result_record, ci_build_data_record,
    ci_artifact_record;

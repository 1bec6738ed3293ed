/* SPDX-License-Identifier: Apache-2.0 */
/* The record tables of REST API v2's resources; the fields' order is the order in JSON. */
#include "shared/model.h"

static const struct ci_field build_fields[] = {
    CI_FIELD(struct ci_build, buildid, 0),          CI_FIELD(struct ci_build, number, 0),
    CI_FIELD(struct ci_build, builderid, 0),        CI_FIELD(struct ci_build, buildrequestid, 0),
    CI_FIELD(struct ci_build, workerid, 0),         CI_FIELD(struct ci_build, masterid, 0),
    CI_FIELD(struct ci_build, started_at, 0),       CI_FIELD(struct ci_build, complete_at, 0),
    CI_FIELD(struct ci_build, locks_duration_s, 0), CI_FIELD(struct ci_build, complete, 0),
    CI_FIELD(struct ci_build, state_string, 0),     CI_FIELD(struct ci_build, results, 0),
    CI_FIELD(struct ci_build, properties, 0),       CI_FIELD(struct ci_build, attempt, 0),
    CI_FIELD(struct ci_build, environment, 0),      CI_FIELD(struct ci_build, pinned, 0),
};
const struct ci_record ci_build_record = CI_RECORD("build", struct ci_build, build_fields);

static const struct ci_field buildrequest_fields[] = {
    CI_FIELD(struct ci_buildrequest, buildrequestid, 0),
    CI_FIELD(struct ci_buildrequest, buildsetid, 0),
    CI_FIELD(struct ci_buildrequest, builderid, 0),
    CI_FIELD(struct ci_buildrequest, priority, 0),
    CI_FIELD(struct ci_buildrequest, claimed, 0),
    CI_FIELD(struct ci_buildrequest, claimed_at, 0),
    CI_FIELD(struct ci_buildrequest, claimed_by_masterid, 0),
    CI_FIELD(struct ci_buildrequest, complete, 0),
    CI_FIELD(struct ci_buildrequest, results, 0),
    CI_FIELD(struct ci_buildrequest, submitted_at, 0),
    CI_FIELD(struct ci_buildrequest, complete_at, 0),
    CI_FIELD(struct ci_buildrequest, waited_for, 0),
    CI_FIELD(struct ci_buildrequest, properties, 0),
};
const struct ci_record ci_buildrequest_record =
    CI_RECORD("buildrequest", struct ci_buildrequest, buildrequest_fields);

static const struct ci_field sourcestamp_fields[] = {
    CI_FIELD(struct ci_sourcestamp, ssid, 0),    CI_FIELD(struct ci_sourcestamp, revision, 0),
    CI_FIELD(struct ci_sourcestamp, branch, 0),  CI_FIELD(struct ci_sourcestamp, repository, 0),
    CI_FIELD(struct ci_sourcestamp, project, 0), CI_FIELD(struct ci_sourcestamp, codebase, 0),
    CI_FIELD(struct ci_sourcestamp, patch, 0),   CI_FIELD(struct ci_sourcestamp, created_at, 0),
};
const struct ci_record ci_sourcestamp_record =
    CI_RECORD("sourcestamp", struct ci_sourcestamp, sourcestamp_fields);

static const struct ci_field buildset_fields[] = {
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
};
const struct ci_record ci_buildset_record =
    CI_RECORD("buildset", struct ci_buildset, buildset_fields);

static const struct ci_field change_fields[] = {
    CI_FIELD(struct ci_change, changeid, 0),   CI_FIELD(struct ci_change, parent_changeids, 0),
    CI_FIELD(struct ci_change, author, 0),     CI_FIELD(struct ci_change, committer, 0),
    CI_FIELD(struct ci_change, files, 0),      CI_FIELD(struct ci_change, comments, 0),
    CI_FIELD(struct ci_change, revision, 0),   CI_FIELD(struct ci_change, when_timestamp, 0),
    CI_FIELD(struct ci_change, branch, 0),     CI_FIELD(struct ci_change, category, 0),
    CI_FIELD(struct ci_change, revlink, 0),    CI_FIELD(struct ci_change, properties, 0),
    CI_FIELD(struct ci_change, repository, 0), CI_FIELD(struct ci_change, project, 0),
    CI_FIELD(struct ci_change, codebase, 0),   CI_FIELD(struct ci_change, sourcestamp, 0),
};
const struct ci_record ci_change_record = CI_RECORD("change", struct ci_change, change_fields);

static const struct ci_field step_fields[] = {
    CI_FIELD(struct ci_step_row, stepid, 0),
    CI_FIELD(struct ci_step_row, number, 0),
    CI_FIELD(struct ci_step_row, name, 0),
    CI_FIELD(struct ci_step_row, buildid, 0),
    CI_FIELD(struct ci_step_row, started_at, 0),
    CI_FIELD(struct ci_step_row, locks_acquired_at, 0),
    CI_FIELD(struct ci_step_row, complete, 0),
    CI_FIELD(struct ci_step_row, complete_at, 0),
    CI_FIELD(struct ci_step_row, state_string, 0),
    CI_FIELD(struct ci_step_row, results, 0),
    CI_FIELD(struct ci_step_row, urls, 0),
    CI_FIELD(struct ci_step_row, hidden, 0),
    CI_FIELD(struct ci_step_row, group, 0),
    CI_FIELD(struct ci_step_row, warnings, 0),
};
const struct ci_record ci_step_row_record = CI_RECORD("step", struct ci_step_row, step_fields);

static const struct ci_field log_fields[] = {
    CI_FIELD(struct ci_log_row, logid, 0),    CI_FIELD(struct ci_log_row, name, 0),
    CI_FIELD(struct ci_log_row, slug, 0),     CI_FIELD(struct ci_log_row, stepid, 0),
    CI_FIELD(struct ci_log_row, complete, 0), CI_FIELD(struct ci_log_row, num_lines, 0),
    CI_FIELD(struct ci_log_row, type, 0),
};
const struct ci_record ci_log_row_record = CI_RECORD("log", struct ci_log_row, log_fields);

static const struct ci_field builder_fields[] = {
    CI_FIELD(struct ci_builder_row, builderid, 0),
    CI_FIELD(struct ci_builder_row, name, 0),
    CI_FIELD(struct ci_builder_row, masterids, 0),
    CI_FIELD(struct ci_builder_row, description, 0),
    CI_FIELD(struct ci_builder_row, description_format, 0),
    CI_FIELD(struct ci_builder_row, description_html, 0),
    CI_FIELD(struct ci_builder_row, projectid, 0),
    CI_FIELD(struct ci_builder_row, tags, 0),
};
const struct ci_record ci_builder_row_record =
    CI_RECORD("builder", struct ci_builder_row, builder_fields);

static const struct ci_field worker_fields[] = {
    CI_FIELD(struct ci_worker_row, workerid, 0),
    CI_FIELD(struct ci_worker_row, name, 0),
    CI_FIELD(struct ci_worker_row, connected_to, 0),
    CI_FIELD(struct ci_worker_row, configured_on, 0),
    CI_FIELD(struct ci_worker_row, workerinfo, 0),
    CI_FIELD(struct ci_worker_row, paused, 0),
    CI_FIELD(struct ci_worker_row, pause_reason, 0),
    CI_FIELD(struct ci_worker_row, graceful, 0),
    CI_FIELD(struct ci_worker_row, last_seen_at, 0),
    CI_FIELD(struct ci_worker_row, max_builds, 0),
    CI_FIELD(struct ci_worker_row, labels, 0),
};
const struct ci_record ci_worker_row_record =
    CI_RECORD("worker", struct ci_worker_row, worker_fields);

static const struct ci_field master_fields[] = {
    CI_FIELD(struct ci_master_row, masterid, 0),
    CI_FIELD(struct ci_master_row, name, 0),
    CI_FIELD(struct ci_master_row, active, 0),
    CI_FIELD(struct ci_master_row, last_active, 0),
};
const struct ci_record ci_master_row_record =
    CI_RECORD("master", struct ci_master_row, master_fields);

static const struct ci_field scheduler_fields[] = {
    CI_FIELD(struct ci_scheduler_row, schedulerid, 0),
    CI_FIELD(struct ci_scheduler_row, name, 0),
    CI_FIELD(struct ci_scheduler_row, enabled, 0),
    CI_FIELD(struct ci_scheduler_row, master, 0),
    CI_FIELD(struct ci_scheduler_row, type, 0),
    CI_FIELD(struct ci_scheduler_row, builder_names, 0),
    CI_FIELD(struct ci_scheduler_row, next_fire_at, 0),
    CI_FIELD(struct ci_scheduler_row, last_fired_at, 0),
};
const struct ci_record ci_scheduler_row_record =
    CI_RECORD("scheduler", struct ci_scheduler_row, scheduler_fields);

static const struct ci_field project_fields[] = {
    CI_FIELD(struct ci_project_row, projectid, 0),
    CI_FIELD(struct ci_project_row, name, 0),
    CI_FIELD(struct ci_project_row, slug, 0),
    CI_FIELD(struct ci_project_row, active, 0),
    CI_FIELD(struct ci_project_row, description, 0),
    CI_FIELD(struct ci_project_row, description_format, 0),
    CI_FIELD(struct ci_project_row, description_html, 0),
};
const struct ci_record ci_project_row_record =
    CI_RECORD("project", struct ci_project_row, project_fields);

static const struct ci_field codebase_fields[] = {
    CI_FIELD(struct ci_codebase_row, codebaseid, 0),
    CI_FIELD(struct ci_codebase_row, projectid, 0),
    CI_FIELD(struct ci_codebase_row, name, 0),
    CI_FIELD(struct ci_codebase_row, slug, 0),
};
const struct ci_record ci_codebase_row_record =
    CI_RECORD("codebase", struct ci_codebase_row, codebase_fields);

static const struct ci_field branch_fields[] = {
    CI_FIELD(struct ci_branch_row, branchid, 0),
    CI_FIELD(struct ci_branch_row, codebaseid, 0),
    CI_FIELD(struct ci_branch_row, name, 0),
    CI_FIELD(struct ci_branch_row, commitid, 0),
    CI_FIELD(struct ci_branch_row, last_timestamp, 0),
};
const struct ci_record ci_branch_row_record =
    CI_RECORD("branch", struct ci_branch_row, branch_fields);

static const struct ci_field commit_fields[] = {
    CI_FIELD(struct ci_commit_row, commitid, 0), CI_FIELD(struct ci_commit_row, codebaseid, 0),
    CI_FIELD(struct ci_commit_row, author, 0),   CI_FIELD(struct ci_commit_row, committer, 0),
    CI_FIELD(struct ci_commit_row, comments, 0), CI_FIELD(struct ci_commit_row, when_timestamp, 0),
    CI_FIELD(struct ci_commit_row, revision, 0), CI_FIELD(struct ci_commit_row, parent_commitid, 0),
};
const struct ci_record ci_commit_row_record =
    CI_RECORD("commit", struct ci_commit_row, commit_fields);

static const struct ci_field notification_fields[] = {
    CI_FIELD(struct ci_notification, notificationid, 0),
    CI_FIELD(struct ci_notification, buildid, 0),
    CI_FIELD(struct ci_notification, builderid, 0),
    CI_FIELD(struct ci_notification, number, 0),
    CI_FIELD(struct ci_notification, notifier, 0),
    CI_FIELD(struct ci_notification, transport, 0),
    CI_FIELD(struct ci_notification, recipient, 0),
    CI_FIELD(struct ci_notification, subject, 0),
    CI_FIELD(struct ci_notification, state, 0),
    CI_FIELD(struct ci_notification, attempts, 0),
    CI_FIELD(struct ci_notification, created_at, 0),
    CI_FIELD(struct ci_notification, sent_at, 0),
    CI_FIELD(struct ci_notification, next_try_at, 0),
    CI_FIELD(struct ci_notification, error, 0),
};
const struct ci_record ci_notification_record =
    CI_RECORD("notification", struct ci_notification, notification_fields);

static const struct ci_field test_result_set_fields[] = {
    CI_FIELD(struct ci_test_result_set, test_result_setid, 0),
    CI_FIELD(struct ci_test_result_set, builderid, 0),
    CI_FIELD(struct ci_test_result_set, buildid, 0),
    CI_FIELD(struct ci_test_result_set, stepid, 0),
    CI_FIELD(struct ci_test_result_set, description, 0),
    CI_FIELD(struct ci_test_result_set, category, 0),
    CI_FIELD(struct ci_test_result_set, value_unit, 0),
    CI_FIELD(struct ci_test_result_set, tests_passed, 0),
    CI_FIELD(struct ci_test_result_set, tests_failed, 0),
    CI_FIELD(struct ci_test_result_set, complete, 0),
};
const struct ci_record ci_test_result_set_record =
    CI_RECORD("test_result_set", struct ci_test_result_set, test_result_set_fields);

static const struct ci_field test_result_fields[] = {
    CI_FIELD(struct ci_test_result, test_resultid, 0),
    CI_FIELD(struct ci_test_result, builderid, 0),
    CI_FIELD(struct ci_test_result, test_result_setid, 0),
    CI_FIELD(struct ci_test_result, test_name, 0),
    CI_FIELD(struct ci_test_result, test_code_path, 0),
    CI_FIELD(struct ci_test_result, line, 0),
    CI_FIELD(struct ci_test_result, duration_ns, 0),
    CI_FIELD(struct ci_test_result, value, 0),
};
const struct ci_record ci_test_result_record =
    CI_RECORD("test_result", struct ci_test_result, test_result_fields);

static const struct ci_field build_data_fields[] = {
    CI_FIELD(struct ci_build_data, buildid, 0), CI_FIELD(struct ci_build_data, name, 0),
    CI_FIELD(struct ci_build_data, length, 0),  CI_FIELD(struct ci_build_data, source, 0),
    CI_FIELD(struct ci_build_data, value, 0),
};
const struct ci_record ci_build_data_record =
    CI_RECORD("build_data", struct ci_build_data, build_data_fields);

static const struct ci_field artifact_fields[] = {
    CI_FIELD(struct ci_artifact, artifactid, 0), CI_FIELD(struct ci_artifact, buildid, 0),
    CI_FIELD(struct ci_artifact, step, 0),       CI_FIELD(struct ci_artifact, name, 0),
    CI_FIELD(struct ci_artifact, size, 0),       CI_FIELD(struct ci_artifact, sha256, 0),
    CI_FIELD(struct ci_artifact, mode, 0),       CI_FIELD(struct ci_artifact, mtime, 0),
    CI_FIELD(struct ci_artifact, created_at, 0), CI_FIELD(struct ci_artifact, expires_at, 0),
};
const struct ci_record ci_artifact_record =
    CI_RECORD("artifact", struct ci_artifact, artifact_fields);

/* SPDX-License-Identifier: Apache-2.0 */
/* Every REST resource, and every family of paths: the two lists that a new one is added to. */
#include "resource.h"

const struct rest_resource *const rest_resources[] = {
    &rest_builds,
    &rest_buildrequests,
    &rest_buildsets,
    &rest_changes,
    &rest_sourcestamps,
    &rest_build_properties,
    &rest_build_property_list,
    &rest_buildset_properties,
    &rest_buildset_property_list,
    &rest_change_property_list,
    &rest_steps,
    &rest_logs,
    &rest_builders,
    &rest_workers,
    &rest_masters,
    &rest_schedulers,
    &rest_forceschedulers,
    &rest_tryschedulers,
    &rest_notifications,
    &rest_notification,
    &rest_test_result_sets,
    &rest_test_results,
    &rest_build_data,
    &rest_tests,
    &rest_test_history,
    &rest_artifacts,
    &rest_projects,
    &rest_codebases,
    &rest_branches,
    &rest_commits,
    &rest_commit_graphs,
    &rest_changesources,
    &rest_deliveries,
    &rest_delivery_bodies,
    &rest_users,
    &rest_tokens,
    &rest_audit,
    NULL,
};

const struct rest_path *const rest_paths[] = {
    rest_paths_build,  rest_paths_request, rest_paths_source, rest_paths_plant,  rest_paths_results,
    rest_paths_notify, rest_paths_project, rest_paths_ledger, rest_paths_access, NULL,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The REST paths: Buildbot's, and ours for notifications and artifacts. Where a segment may
 * be a number or a name, the number stands first and so wins.
 */
#include "paths.h"

#include "tables.h"
#include "www_sql.h"

#define COLLECTION REST_COLLECTION
#define SINGLE REST_SINGLE

/* The build that one, or two, path values name. */
#define BUILD_BY_ID "$1::bigint"
#define BUILD_BY_NUMBER                                                                            \
    "(SELECT fb.buildid FROM builds fb WHERE fb.builderid = $1::bigint AND fb.number = $2::bigint)"
#define BUILD_BY_NAME                                                                              \
    "(SELECT fb.buildid FROM builds fb JOIN builders fbd USING (builderid) "                       \
    "WHERE fbd.name = $1::text AND fb.number = $2::bigint)"
#define BUILDER_BY_NAME "(SELECT fbd.builderid FROM builders fbd WHERE fbd.name = $1::text)"

/* The step that further path values name within a build. */
#define STEP_BY_NUMBER(build, at)                                                                  \
    "(SELECT fs.stepid FROM steps fs WHERE fs.buildid = " build " AND fs.number = " at "::bigint)"
#define STEP_BY_NAME(build, at)                                                                    \
    "(SELECT fs.stepid FROM steps fs WHERE fs.buildid = " build " AND fs.name = " at "::text "     \
    "ORDER BY fs.number LIMIT 1)"

/* What a build's path has below it; `at` and `then` are the arguments after the build's own. */
#define BELOW_BUILD(prefix, build, at, then)                                                       \
    {prefix "/properties", &rest_build_properties, SINGLE, "b.buildid = " build, NULL, NULL},      \
        {prefix "/property_list",                                                                  \
         &rest_build_property_list,                                                                \
         COLLECTION,                                                                               \
         "b.buildid = " build,                                                                     \
         NULL,                                                                                     \
         NULL},                                                                                    \
        {prefix "/steps", &rest_steps, COLLECTION, "s.buildid = " build, NULL, NULL},              \
        {prefix "/steps/:n",                                                                       \
         &rest_steps,                                                                              \
         SINGLE,                                                                                   \
         "s.stepid = " STEP_BY_NUMBER(build, at),                                                  \
         NULL,                                                                                     \
         NULL},                                                                                    \
        {prefix "/steps/:s",                                                                       \
         &rest_steps,                                                                              \
         SINGLE,                                                                                   \
         "s.stepid = " STEP_BY_NAME(build, at),                                                    \
         NULL,                                                                                     \
         NULL},                                                                                    \
        {prefix "/artifacts", &rest_artifacts, COLLECTION, "ar.buildid = " build, NULL, NULL},     \
        {prefix "/artifacts/*",                                                                    \
         &rest_artifacts,                                                                          \
         REST_FILE,                                                                                \
         "ar.buildid = " build " AND ar.name = " at "::text",                                      \
         NULL,                                                                                     \
         NULL},                                                                                    \
        {prefix "/data", &rest_build_data, COLLECTION, "bda.buildid = " build, NULL, NULL},        \
        {prefix "/data/:s", &rest_build_data, SINGLE, DATA_BY_NAME(build, at), NULL, NULL},        \
        {prefix "/data/:s/value",                                                                  \
         &rest_build_data,                                                                         \
         REST_VALUE,                                                                               \
         DATA_BY_NAME(build, at),                                                                  \
         NULL,                                                                                     \
         NULL},                                                                                    \
        BELOW_STEP(prefix "/steps/:n", STEP_BY_NUMBER(build, at), then),                           \
        BELOW_STEP(prefix "/steps/:s", STEP_BY_NAME(build, at), then)

#define BELOW_STEP(prefix, step, at)                                                                \
    {prefix "/logs", &rest_logs, COLLECTION, "l.stepid = " step, NULL, NULL},                       \
        {prefix "/logs/:s", &rest_logs, SINGLE, LOG_BY_SLUG(step, at), NULL, NULL},                 \
        {prefix "/logs/:s/contents", &rest_logs, REST_CONTENTS, LOG_BY_SLUG(step, at), NULL, NULL}, \
        {prefix "/logs/:s/raw", &rest_logs, REST_RAW, LOG_BY_SLUG(step, at), NULL, NULL},           \
    {                                                                                               \
        prefix "/logs/:s/raw_inline", &rest_logs, REST_RAW_INLINE, LOG_BY_SLUG(step, at), NULL,     \
            NULL                                                                                    \
    }
#define DATA_BY_NAME(build, at) "bda.buildid = " build " AND bda.name = " at "::text"
#define LOG_BY_SLUG(step, at) "l.stepid = " step " AND l.slug = " at "::text"

/* There is one master; a worker belongs to it while it is configured or connected. */
#define ON_MASTER "(w.active OR w.connected) AND $1::bigint = 1"
#define OF_BUILDER "w.workerid = ANY($1::bigint[])"
#define OF_MASTERS_BUILDER "$1::bigint = 1 AND w.workerid = ANY($2::bigint[])"
#define RUNS_BUILDER                                                                               \
    "EXISTS (SELECT FROM builders fbd WHERE fbd.builderid = $1::bigint AND fbd.active)"

const struct rest_path rest_paths[] = {
    {"builders",                          &rest_builders,               COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"builders/:n",                       &rest_builders,               SINGLE,          "bd.builderid = $1::bigint",                 NULL,                 NULL                              },
    {"builders/:s",                       &rest_builders,               SINGLE,          "bd.name = $1::text",                        NULL,                 NULL                              },
    {"masters/:n/builders",               &rest_builders,               COLLECTION,      "bd.active AND $1::bigint = 1",              NULL,                 NULL                              },
    {"masters/:n/builders/:n",            &rest_builders,               SINGLE,
     "bd.active AND $1::bigint = 1 AND bd.builderid = $2::bigint",                                                                    NULL,                 NULL                              },
    {"workers/:n/builders",               &rest_builders,               COLLECTION,      "bd.active AND bd.name = ANY($1::text[])",
     NULL,                                                                                                                                                  resolve_builders_of_worker        },

    {"builds",                            &rest_builds,                 COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"builds/:n",                         &rest_builds,                 SINGLE,          "b.buildid = " BUILD_BY_ID,                  NULL,                 NULL                              },
    {"builders/:n/builds",                &rest_builds,                 COLLECTION,      "b.builderid = $1::bigint",                  NULL,                 NULL                              },
    {"builders/:s/builds",                &rest_builds,                 COLLECTION,      "b.builderid = " BUILDER_BY_NAME,            NULL,                 NULL                              },
    {"builders/:n/builds/:n",             &rest_builds,                 SINGLE,
     "b.builderid = $1::bigint AND b.number = $2::bigint",                                                                            NULL,                 NULL                              },
    {"builders/:s/builds/:n",             &rest_builds,                 SINGLE,
     "b.builderid = " BUILDER_BY_NAME " AND b.number = $2::bigint",                                                                   NULL,                 NULL                              },
    {"buildrequests/:n/builds",           &rest_builds,                 COLLECTION,      "b.buildrequestid = $1::bigint",             NULL,
     NULL                                                                                                                                                                                     },
    {"workers/:n/builds",                 &rest_builds,                 COLLECTION,      "b.workerid = $1::bigint",                   NULL,                 NULL                              },
    {"changes/:n/builds",                 &rest_builds,                 COLLECTION,      NULL,                                        &sql_change_builds,   NULL                              },
    {"builds/:n/triggered_builds",        &rest_builds,                 COLLECTION,      NULL,                                        &sql_build_triggered, NULL                              },
    BELOW_BUILD("builds/:n", BUILD_BY_ID, "$2", "$3"),
    BELOW_BUILD("builders/:n/builds/:n", BUILD_BY_NUMBER, "$3", "$4"),
    BELOW_BUILD("builders/:s/builds/:n", BUILD_BY_NAME, "$3", "$4"),

    {"test_result_sets",                  &rest_test_result_sets,       COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"test_result_sets/:n",               &rest_test_result_sets,       SINGLE,          "ts.test_result_setid = $1::bigint",
     NULL,                                                                                                                                                  NULL                              },
    {"test_result_sets/:n/results",       &rest_test_results,           COLLECTION,
     "tr.test_result_setid = $1::bigint",                                                                                             NULL,                 NULL                              },
    {"builders/:n/test_result_sets",      &rest_test_result_sets,       COLLECTION,
     "ts.builderid = $1::bigint",                                                                                                     NULL,                 NULL                              },
    {"builders/:s/test_result_sets",      &rest_test_result_sets,       COLLECTION,
     "ts.builderid = " BUILDER_BY_NAME,                                                                                               NULL,                 NULL                              },
    {"builds/:n/test_result_sets",        &rest_test_result_sets,       COLLECTION,      "ts.buildid = $1::bigint",
     NULL,                                                                                                                                                  NULL                              },
    {"steps/:n/test_result_sets",         &rest_test_result_sets,       COLLECTION,      "ts.stepid = $1::bigint",
     NULL,                                                                                                                                                  NULL                              },

    {"artifacts",                         &rest_artifacts,              COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"artifacts/:n",                      &rest_artifacts,              SINGLE,          "ar.artifactid = $1::bigint",                NULL,                 NULL                              },
    {"artifacts/:n/raw",                  &rest_artifacts,              REST_FILE,       "ar.artifactid = $1::bigint",                NULL,                 NULL                              },

    {"steps/:n",                          &rest_steps,                  SINGLE,          "s.stepid = $1::bigint",                     NULL,                 NULL                              },
    BELOW_STEP("steps/:n", "$1::bigint", "$2"),
    {"logs/:n",                           &rest_logs,                   SINGLE,          "l.logid = $1::bigint",                      NULL,                 NULL                              },
    {"logs/:n/contents",                  &rest_logs,                   REST_CONTENTS,   "l.logid = $1::bigint",                      NULL,                 NULL                              },
    {"logs/:n/raw",                       &rest_logs,                   REST_RAW,        "l.logid = $1::bigint",                      NULL,                 NULL                              },
    {"logs/:n/raw_inline",                &rest_logs,                   REST_RAW_INLINE, "l.logid = $1::bigint",                      NULL,                 NULL                              },

    {"buildrequests",                     &rest_buildrequests,          COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"buildrequests/:n",                  &rest_buildrequests,          SINGLE,          "q.buildrequestid = $1::bigint",             NULL,                 NULL                              },
    {"builders/:n/buildrequests",         &rest_buildrequests,          COLLECTION,      "q.builderid = $1::bigint",                  NULL,
     NULL                                                                                                                                                                                     },
    {"builders/:s/buildrequests",         &rest_buildrequests,          COLLECTION,      "q.builderid = " BUILDER_BY_NAME,
     NULL,                                                                                                                                                  NULL                              },

    {"buildsets",                         &rest_buildsets,              COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"buildsets/:n",                      &rest_buildsets,              SINGLE,          "bs.bsid = $1::bigint",                      NULL,                 NULL                              },
    {"buildsets/:n/properties",           &rest_buildset_properties,    SINGLE,          "bs.bsid = $1::bigint",                      NULL,
     NULL                                                                                                                                                                                     },
    {"buildsets/:n/properties_list",      &rest_buildset_property_list, COLLECTION,
     "bs.bsid = $1::bigint",                                                                                                          NULL,                 NULL                              },
    {"buildsets/:n/sourcestamps",         &rest_sourcestamps,           COLLECTION,
     "ss.ssid IN (SELECT link.ssid FROM buildset_sourcestamps link WHERE link.bsid = $1::bigint)",                                    NULL,                 NULL                              },

    {"sourcestamps",                      &rest_sourcestamps,           COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"sourcestamps/:n",                   &rest_sourcestamps,           SINGLE,          "ss.ssid = $1::bigint",                      NULL,                 NULL                              },
    {"sourcestamps/:n/changes",           &rest_changes,                COLLECTION,      "c.ssid = $1::bigint",                       NULL,                 NULL                              },

    {"changes",                           &rest_changes,                COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"changes/:n",                        &rest_changes,                SINGLE,          "c.changeid = $1::bigint",                   NULL,                 NULL                              },
    {"changes/:n/properties_list",        &rest_change_property_list,   COLLECTION,
     "c.changeid = $1::bigint",                                                                                                       NULL,                 NULL                              },
    {"builds/:n/changes",                 &rest_changes,                COLLECTION,      NULL,                                        &sql_build_changes,   NULL                              },
    {"builders/:n/builds/:n/changes",     &rest_changes,                COLLECTION,      NULL,                                        &sql_build_changes,
     resolve_build_by_number                                                                                                                                                                  },
    {"builders/:s/builds/:n/changes",     &rest_changes,                COLLECTION,      NULL,                                        &sql_build_changes,
     resolve_build_by_name                                                                                                                                                                    },

    {"workers",                           &rest_workers,                COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"workers/:n",                        &rest_workers,                SINGLE,          "w.workerid = $1::bigint",                   NULL,                 NULL                              },
    {"workers/:s",                        &rest_workers,                SINGLE,          "w.name = $1::text",                         NULL,                 NULL                              },
    {"masters/:n/workers",                &rest_workers,                COLLECTION,      ON_MASTER,                                   NULL,                 NULL                              },
    {"masters/:n/workers/:n",             &rest_workers,                SINGLE,          ON_MASTER " AND w.workerid = $2::bigint",    NULL,
     NULL                                                                                                                                                                                     },
    {"masters/:n/workers/:s",             &rest_workers,                SINGLE,          ON_MASTER " AND w.name = $2::text",          NULL,
     NULL                                                                                                                                                                                     },
    {"builders/:n/workers",               &rest_workers,                COLLECTION,      OF_BUILDER,                                  NULL,
     resolve_workers_of_builder                                                                                                                                                               },
    {"builders/:n/workers/:n",            &rest_workers,                SINGLE,          OF_BUILDER " AND w.workerid = $2::bigint",
     NULL,                                                                                                                                                  resolve_workers_of_builder        },
    {"builders/:n/workers/:s",            &rest_workers,                SINGLE,          OF_BUILDER " AND w.name = $2::text",         NULL,
     resolve_workers_of_builder                                                                                                                                                               },
    {"masters/:n/builders/:n/workers",    &rest_workers,                COLLECTION,      OF_MASTERS_BUILDER,                          NULL,
     resolve_workers_of_masters_builder                                                                                                                                                       },
    {"masters/:n/builders/:n/workers/:n", &rest_workers,                SINGLE,
     OF_MASTERS_BUILDER " AND w.workerid = $3::bigint",                                                                               NULL,                 resolve_workers_of_masters_builder},
    {"masters/:n/builders/:n/workers/:s", &rest_workers,                SINGLE,
     OF_MASTERS_BUILDER " AND w.name = $3::text",                                                                                     NULL,                 resolve_workers_of_masters_builder},

    {"schedulers",                        &rest_schedulers,             COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"schedulers/:n",                     &rest_schedulers,             SINGLE,          "sc.schedulerid = $1::bigint",               NULL,                 NULL                              },
    {"masters/:n/schedulers",             &rest_schedulers,             COLLECTION,      "sc.active AND $1::bigint = 1",              NULL,
     NULL                                                                                                                                                                                     },
    {"masters/:n/schedulers/:n",          &rest_schedulers,             SINGLE,
     "sc.active AND $1::bigint = 1 AND sc.schedulerid = $2::bigint",                                                                  NULL,                 NULL                              },

    {"forceschedulers",                   &rest_forceschedulers,        COLLECTION,      NULL,                                        NULL,                 resolve_forceschedulers           },
    {"forceschedulers/:s",                &rest_forceschedulers,        SINGLE,          "f.name = $2::text",                         NULL,
     resolve_forceschedulers                                                                                                                                                                  },
    {"builders/:n/forceschedulers",       &rest_forceschedulers,        COLLECTION,
     "(SELECT fbd.name FROM builders fbd WHERE fbd.builderid = $2::bigint) = ANY(f.builder_names)",                                   NULL,                 resolve_forceschedulers           },
    {"builders/:s/forceschedulers",       &rest_forceschedulers,        COLLECTION,
     "$2::text = ANY(f.builder_names)",                                                                                               NULL,                 resolve_forceschedulers           },

    {"tryschedulers",                     &rest_tryschedulers,          COLLECTION,      NULL,                                        NULL,                 resolve_tryschedulers             },
    {"tryschedulers/:s",                  &rest_tryschedulers,          SINGLE,          "f.name = $2::text",                         NULL,
     resolve_tryschedulers                                                                                                                                                                    },

    {"masters",                           &rest_masters,                COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"masters/:n",                        &rest_masters,                SINGLE,          "m.masterid = $1::bigint",                   NULL,                 NULL                              },
    {"builders/:n/masters",               &rest_masters,                COLLECTION,      RUNS_BUILDER,                                NULL,                 NULL                              },
    {"builders/:n/masters/:n",            &rest_masters,                SINGLE,          RUNS_BUILDER " AND m.masterid = $2::bigint",
     NULL,                                                                                                                                                  NULL                              },

    {"notifications",                     &rest_notifications,          COLLECTION,      NULL,                                        NULL,                 NULL                              },
    {"notifications/:n",                  &rest_notification,           SINGLE,          "n.notificationid = $1::bigint",             NULL,                 NULL                              },
    {"builds/:n/notifications",           &rest_notifications,          COLLECTION,      "n.buildid = $1::bigint",                    NULL,
     NULL                                                                                                                                                                                     },
    {NULL,                                NULL,                         SINGLE,          NULL,                                        NULL,                 NULL                              },
};

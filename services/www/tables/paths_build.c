/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of builds, steps and logs, and of what builds leave behind. */
#include "tables/paths_tables.h"
#include "www_sql.h"

/* The build that one, or two, path values name. */
#define BUILD_BY_ID "$1::bigint"
#define BUILD_BY_NUMBER                                                                            \
    "(SELECT fb.buildid FROM builds fb WHERE fb.builderid = $1::bigint AND fb.number = $2::bigint)"
#define BUILD_BY_NAME                                                                              \
    "(SELECT fb.buildid FROM builds fb JOIN builders fbd USING (builderid) "                       \
    "WHERE fbd.name = $1::text AND fb.number = $2::bigint)"

/* The step that further path values name within a build. */
#define STEP_BY_NUMBER(build, at)                                                                  \
    "(SELECT fs.stepid FROM steps fs WHERE fs.buildid = " build " AND fs.number = " at "::bigint)"
#define STEP_BY_NAME(build, at)                                                                    \
    "(SELECT fs.stepid FROM steps fs WHERE fs.buildid = " build " AND fs.name = " at "::text "     \
    "ORDER BY fs.number LIMIT 1)"
#define DATA_BY_NAME(build, at) "bda.buildid = " build " AND bda.name = " at "::text"
#define LOG_BY_SLUG(step, at) "l.stepid = " step " AND l.slug = " at "::text"

/* What a step's path has below it; `at` is the argument after the step's own. */
#define BELOW_STEP(prefix, step, at)                                                               \
    LIST(prefix "/logs", logs, "l.stepid = " step),                                                \
        ONE(prefix "/logs/:s", logs, LOG_BY_SLUG(step, at)),                                       \
        BYTES(prefix "/logs/:s/contents", logs, REST_CONTENTS, LOG_BY_SLUG(step, at)),             \
        BYTES(prefix "/logs/:s/search", logs, REST_SEARCH, LOG_BY_SLUG(step, at)),                 \
        BYTES(prefix "/logs/:s/times", logs, REST_TIMES, LOG_BY_SLUG(step, at)),                   \
        BYTES(prefix "/logs/:s/raw", logs, REST_RAW, LOG_BY_SLUG(step, at)),                       \
        BYTES(prefix "/logs/:s/raw_inline", logs, REST_RAW_INLINE, LOG_BY_SLUG(step, at))

/* What a build's path has below it; `at` and `then` are the arguments after the build's own. */
#define BELOW_BUILD(prefix, build, at, then)                                                       \
    ONE(prefix "/properties", build_properties, "b.buildid = " build),                             \
        LIST(prefix "/property_list", build_property_list, "b.buildid = " build),                  \
        LIST(prefix "/steps", steps, "s.buildid = " build),                                        \
        ONE(prefix "/steps/:n", steps, "s.stepid = " STEP_BY_NUMBER(build, at)),                   \
        ONE(prefix "/steps/:s", steps, "s.stepid = " STEP_BY_NAME(build, at)),                     \
        LIST(prefix "/artifacts", artifacts, "ar.buildid = " build),                               \
        BYTES(prefix "/artifacts/*", artifacts, REST_FILE,                                         \
              "ar.buildid = " build " AND ar.name = " at "::text"),                                \
        LIST(prefix "/data", build_data, "bda.buildid = " build),                                  \
        ONE(prefix "/data/:s", build_data, DATA_BY_NAME(build, at)),                               \
        BYTES(prefix "/data/:s/value", build_data, REST_VALUE, DATA_BY_NAME(build, at)),           \
        BELOW_STEP(prefix "/steps/:n", STEP_BY_NUMBER(build, at), then),                           \
        BELOW_STEP(prefix "/steps/:s", STEP_BY_NAME(build, at), then)

const struct rest_path rest_paths_build[] = {
    LIST("builds", builds, NULL),
    ONE("builds/:n", builds, "b.buildid = " BUILD_BY_ID),
    LIST("builders/:n/builds", builds, "b.builderid = $1::bigint"),
    LIST("builders/:s/builds", builds, "b.builderid = " BUILDER_BY_NAME),
    ONE("builders/:n/builds/:n", builds, "b.builderid = $1::bigint AND b.number = $2::bigint"),
    ONE("builders/:s/builds/:n", builds,
        "b.builderid = " BUILDER_BY_NAME " AND b.number = $2::bigint"),
    BYTES("builds/:n/page", builds, REST_DEEP, "b.buildid = " BUILD_BY_ID),
    BYTES("builders/:n/builds/:n/page", builds, REST_DEEP,
          "b.builderid = $1::bigint AND b.number = $2::bigint"),
    BYTES("builders/:s/builds/:n/page", builds, REST_DEEP,
          "b.builderid = " BUILDER_BY_NAME " AND b.number = $2::bigint"),
    LIST("buildrequests/:n/builds", builds, "b.buildrequestid = $1::bigint"),
    LIST("workers/:n/builds", builds, "b.workerid = $1::bigint"),
    WITHIN("changes/:n/builds", builds, sql_change_builds),
    WITHIN("builds/:n/triggered_builds", builds, sql_build_triggered),
    BELOW_BUILD("builds/:n", BUILD_BY_ID, "$2", "$3"),
    BELOW_BUILD("builders/:n/builds/:n", BUILD_BY_NUMBER, "$3", "$4"),
    BELOW_BUILD("builders/:s/builds/:n", BUILD_BY_NAME, "$3", "$4"),
    ONE("steps/:n", steps, "s.stepid = $1::bigint"),
    BELOW_STEP("steps/:n", "$1::bigint", "$2"),
    ONE("logs/:n", logs, "l.logid = $1::bigint"),
    BYTES("logs/:n/contents", logs, REST_CONTENTS, "l.logid = $1::bigint"),
    BYTES("logs/:n/search", logs, REST_SEARCH, "l.logid = $1::bigint"),
    BYTES("logs/:n/times", logs, REST_TIMES, "l.logid = $1::bigint"),
    BYTES("logs/:n/raw", logs, REST_RAW, "l.logid = $1::bigint"),
    BYTES("logs/:n/raw_inline", logs, REST_RAW_INLINE, "l.logid = $1::bigint"),
    PATHS_END,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of builders, workers, masters, schedulers and change sources. */
#include "tables/paths_tables.h"

/* There is one master; a worker belongs to it while it is configured or connected. */
#define ON_MASTER "(w.active OR w.connected) AND $1::bigint = 1"
#define OF_BUILDER "w.workerid = ANY($1::bigint[])"
#define OF_MASTERS_BUILDER "$1::bigint = 1 AND w.workerid = ANY($2::bigint[])"
#define RUNS_BUILDER                                                                               \
    "EXISTS (SELECT FROM builders fbd WHERE fbd.builderid = $1::bigint AND fbd.active)"

const struct rest_path rest_paths_plant[] = {
    LIST("builders", builders, NULL),
    ONE("builders/:n", builders, "bd.builderid = $1::bigint"),
    ONE("builders/:s", builders, "bd.name = $1::text"),
    LIST("builder_summaries", builder_summaries, NULL),
    ONE("builder_summaries/:n", builder_summaries, "bd.builderid = $1::bigint"),
    LIST("masters/:n/builders", builders, "bd.active AND $1::bigint = 1"),
    ONE("masters/:n/builders/:n", builders,
        "bd.active AND $1::bigint = 1 AND bd.builderid = $2::bigint"),
    RESOLVED("workers/:n/builders", builders, REST_COLLECTION,
             "bd.active AND bd.name = ANY($1::text[])", resolve_builders_of_worker),
    LIST("workers", workers, NULL),
    ONE("workers/:n", workers, "w.workerid = $1::bigint"),
    ONE("workers/:s", workers, "w.name = $1::text"),
    LIST("masters/:n/workers", workers, ON_MASTER),
    ONE("masters/:n/workers/:n", workers, ON_MASTER " AND w.workerid = $2::bigint"),
    ONE("masters/:n/workers/:s", workers, ON_MASTER " AND w.name = $2::text"),
    RESOLVED("builders/:n/workers", workers, REST_COLLECTION, OF_BUILDER,
             resolve_workers_of_builder),
    RESOLVED("builders/:n/workers/:n", workers, REST_SINGLE,
             OF_BUILDER " AND w.workerid = $2::bigint", resolve_workers_of_builder),
    RESOLVED("builders/:n/workers/:s", workers, REST_SINGLE, OF_BUILDER " AND w.name = $2::text",
             resolve_workers_of_builder),
    RESOLVED("masters/:n/builders/:n/workers", workers, REST_COLLECTION, OF_MASTERS_BUILDER,
             resolve_workers_of_masters_builder),
    RESOLVED("masters/:n/builders/:n/workers/:n", workers, REST_SINGLE,
             OF_MASTERS_BUILDER " AND w.workerid = $3::bigint", resolve_workers_of_masters_builder),
    RESOLVED("masters/:n/builders/:n/workers/:s", workers, REST_SINGLE,
             OF_MASTERS_BUILDER " AND w.name = $3::text", resolve_workers_of_masters_builder),
    LIST("schedulers", schedulers, NULL),
    ONE("schedulers/:n", schedulers, "sc.schedulerid = $1::bigint"),
    LIST("masters/:n/schedulers", schedulers, "sc.active AND $1::bigint = 1"),
    ONE("masters/:n/schedulers/:n", schedulers,
        "sc.active AND $1::bigint = 1 AND sc.schedulerid = $2::bigint"),
    RESOLVED("forceschedulers", forceschedulers, REST_COLLECTION, NULL, resolve_forceschedulers),
    RESOLVED("forceschedulers/:s", forceschedulers, REST_SINGLE, "f.name = $2::text",
             resolve_forceschedulers),
    RESOLVED(
        "builders/:n/forceschedulers", forceschedulers, REST_COLLECTION,
        "(SELECT fbd.name FROM builders fbd WHERE fbd.builderid = $2::bigint) = ANY(f.builder_names)",
        resolve_forceschedulers),
    RESOLVED("builders/:s/forceschedulers", forceschedulers, REST_COLLECTION,
             "$2::text = ANY(f.builder_names)", resolve_forceschedulers),
    RESOLVED("tryschedulers", tryschedulers, REST_COLLECTION, NULL, resolve_tryschedulers),
    RESOLVED("tryschedulers/:s", tryschedulers, REST_SINGLE, "f.name = $2::text",
             resolve_tryschedulers),
    LIST("changesources", changesources, NULL),
    ONE("changesources/:n", changesources, "cs.changesourceid = $1::bigint"),
    LIST("masters/:n/changesources", changesources, "cs.active AND $1::bigint = 1"),
    ONE("masters/:n/changesources/:n", changesources,
        "cs.active AND $1::bigint = 1 AND cs.changesourceid = $2::bigint"),
    LIST("masters", masters, NULL),
    ONE("masters/:n", masters, "m.masterid = $1::bigint"),
    LIST("builders/:n/masters", masters, RUNS_BUILDER),
    ONE("builders/:n/masters/:n", masters, RUNS_BUILDER " AND m.masterid = $2::bigint"),
    PATHS_END,
};

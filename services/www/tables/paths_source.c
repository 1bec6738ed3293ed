/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of changes and source stamps. */
#include "tables/paths_tables.h"
#include "www_sql.h"

const struct rest_path rest_paths_source[] = {
    LIST(
        "buildsets/:n/sourcestamps", sourcestamps,
        "ss.ssid IN (SELECT link.ssid FROM buildset_sourcestamps link WHERE link.bsid = $1::bigint)"),
    LIST("sourcestamps", sourcestamps, NULL),
    ONE("sourcestamps/:n", sourcestamps, "ss.ssid = $1::bigint"),
    LIST("sourcestamps/:n/changes", changes, "c.ssid = $1::bigint"),
    LIST("changes", changes, NULL),
    ONE("changes/:n", changes, "c.changeid = $1::bigint"),
    LIST("changes/:n/properties_list", change_property_list, "c.changeid = $1::bigint"),
    WITHIN("builds/:n/changes", changes, sql_build_changes),
    RESOLVED_WITHIN("builders/:n/builds/:n/changes", changes, sql_build_changes,
                    resolve_build_by_number),
    RESOLVED_WITHIN("builders/:s/builds/:n/changes", changes, sql_build_changes,
                    resolve_build_by_name),
    PATHS_END,
};

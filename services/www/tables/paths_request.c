/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of buildsets and the requests in them. */
#include "tables/paths_tables.h"

const struct rest_path rest_paths_request[] = {
    LIST("buildrequests", buildrequests, NULL),
    ONE("buildrequests/:n", buildrequests, "q.buildrequestid = $1::bigint"),
    LIST("builders/:n/buildrequests", buildrequests, "q.builderid = $1::bigint"),
    LIST("builders/:s/buildrequests", buildrequests, "q.builderid = " BUILDER_BY_NAME),
    LIST("buildsets", buildsets, NULL),
    ONE("buildsets/:n", buildsets, "bs.bsid = $1::bigint"),
    ONE("buildsets/:n/properties", buildset_properties, "bs.bsid = $1::bigint"),
    LIST("buildsets/:n/properties_list", buildset_property_list, "bs.bsid = $1::bigint"),
    PATHS_END,
};

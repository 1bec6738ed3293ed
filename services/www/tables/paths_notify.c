/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of notifications. */
#include "tables/paths_tables.h"

const struct rest_path rest_paths_notify[] = {
    LIST("notifications", notifications, NULL),
    ONE("notifications/:n", notification, "n.notificationid = $1::bigint"),
    LIST("builds/:n/notifications", notifications, "n.buildid = $1::bigint"),
    PATHS_END,
};

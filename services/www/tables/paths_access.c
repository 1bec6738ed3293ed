/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of users, API tokens and the audit log. */
#include "tables/paths_tables.h"

const struct rest_path rest_paths_access[] = {
    LIST("users", users, NULL),
    ONE("users/:n", users, "us.userid = $1::bigint"),
    ONE("users/:s", users, "lower(us.username) = lower($1::text)"),
    LIST("users/:s/tokens", tokens, "tk.username = $1::text"),
    LIST("tokens", tokens, NULL),
    ONE("tokens/:n", tokens, "tk.tokenid = $1::bigint"),
    LIST("audit", audit, NULL),
    ONE("audit/:n", audit, "au.auditid = $1::bigint"),
    PATHS_END,
};

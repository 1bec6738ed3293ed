/* SPDX-License-Identifier: Apache-2.0 */
/* How the tables of paths (paths_*.c) write their rows. */
#pragma once

#include "tables/tables.h"

/* Rows of one SQL condition over the path's values, $1 ... in order; NULL for none. */
#define LIST(pattern, resource, where)                                                             \
    {                                                                                              \
        pattern, &rest_##resource, REST_COLLECTION, where, NULL, NULL                              \
    }
#define ONE(pattern, resource, where)                                                              \
    {                                                                                              \
        pattern, &rest_##resource, REST_SINGLE, where, NULL, NULL                                  \
    }
/* What is not JSON of the row, or not its own. */
#define BYTES(pattern, resource, kind, where)                                                      \
    {                                                                                              \
        pattern, &rest_##resource, kind, where, NULL, NULL                                         \
    }
/* A list of the rows whose keys a statement finds. */
#define WITHIN(pattern, resource, stmt)                                                            \
    {                                                                                              \
        pattern, &rest_##resource, REST_COLLECTION, NULL, &(stmt), NULL                            \
    }
/* The arguments need the configuration, or a look-up. */
#define RESOLVED(pattern, resource, kind, where, resolve)                                          \
    {                                                                                              \
        pattern, &rest_##resource, kind, where, NULL, resolve                                      \
    }
#define RESOLVED_WITHIN(pattern, resource, stmt, resolve)                                          \
    {                                                                                              \
        pattern, &rest_##resource, REST_COLLECTION, NULL, &(stmt), resolve                         \
    }
#define PATHS_END                                                                                  \
    {                                                                                              \
        NULL, NULL, REST_SINGLE, NULL, NULL, NULL                                                  \
    }

#define BUILDER_BY_NAME "(SELECT fbd.builderid FROM builders fbd WHERE fbd.name = $1::text)"

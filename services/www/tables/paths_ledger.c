/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of the ledger. */
#include "tables/paths_tables.h"

const struct rest_path rest_paths_ledger[] = {
    LIST("deliveries", deliveries, NULL),
    ONE("deliveries/:n", deliveries, "d.deliveryid = $1::bigint"),
    ONE("deliveries/:n/body", delivery_bodies, "d.deliveryid = $1::bigint"),
    LIST("deliveries/:n/replays", deliveries, "d.replay_of = $1::bigint"),
    LIST("changes/:n/deliveries", deliveries,
         "(d.changeids @> ARRAY[$1::bigint] OR d.known_changeids @> ARRAY[$1::bigint])"),
    PATHS_END,
};

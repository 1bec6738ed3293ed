/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading deliveries again (table replays, which www fills): by the
 * configuration in force now, without signatures, as whoever asked may send
 * changes anyway. What comes of it is a new entry of the ledger.
 */
#pragma once

#include "shared/loop.h"
#include "shared/record.h"

extern const struct ci_record replay_record;

/* One replay. `service` is a struct ci_app with db, bus, common and config. */
ci_tick_fn tick_replay;

/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the bus what a committed transaction changed. Costs nothing while nobody is connected. */
#pragma once

#include "shared/event.h"
#include "shared/model.h"

/* One event for each row of `rows`, whose structs begin with their int64_t id. */
void events_rows(struct ci_bus *bus, const char *resource, const char *what,
                 const struct ci_record *record, struct ci_list rows);
/* The same for rows that don't name their builder. */
void events_rows_about(struct ci_bus *bus, const char *resource, const char *what,
                       const struct ci_record *record, struct ci_list rows,
                       struct ci_i64s builders);

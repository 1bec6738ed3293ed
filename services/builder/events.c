/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the bus what a committed transaction changed. */
#include "events.h"

void events_rows(struct ci_bus *bus, const char *resource, const char *what,
                 const struct ci_record *record, struct ci_list rows)
{
    const char *row = rows.items;

    if (!bus || !ci_bus_connected(bus))
        return;
    for (size_t i = 0; i < rows.count; i++, row += record->size)
        ci_event_publish(bus, resource, *(const int64_t *)(const void *)row, what, record, row);
}

void events_rows_about(struct ci_bus *bus, const char *resource, const char *what,
                       const struct ci_record *record, struct ci_list rows, struct ci_i64s builders)
{
    const char *row = rows.items;

    if (!bus || !ci_bus_connected(bus))
        return;
    for (size_t i = 0; i < rows.count; i++, row += record->size)
        ci_event_publish_about(bus, resource, *(const int64_t *)(const void *)row, what, record,
                               row, builders);
}

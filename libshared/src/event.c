/* SPDX-License-Identifier: Apache-2.0 */
/* Live events: the REST resource as the payload of a NATS message. */
#include "shared/event.h"

#include "shared/subjects.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "slipway.event." + resource + int64 + what; resources and verbs are words of ours. */
enum { SUBJECT_MAX = 128 };

static void free_text(char **text)
{
    free(*text);
}

static void publish(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                    json_t *payload, const char *builders)
{
    CI_CLEANUP(free_text) char *text = json_dumps(payload, JSON_COMPACT | JSON_ENCODE_ANY);
    char subject[SUBJECT_MAX];

    /* Text that JSON can't hold makes no event; whoever listens reads REST again anyway. */
    if (!text)
        return;
    (void)snprintf(subject, sizeof(subject), CI_SUBJECT_EVENT_PREFIX "%s.%" PRId64 ".%s", resource,
                   id, what);
    if (builders)
        ci_bus_publish_about(bus, subject, text, strlen(text), builders);
    else
        ci_bus_publish(bus, subject, text, strlen(text));
}

void ci_event_publish_json(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                           json_t *payload)
{
    publish(bus, resource, id, what, payload, NULL);
}

void ci_event_publish(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                      const struct ci_record *record, const void *value)
{
    json_auto_t *payload = ci_record_to_json(record, value);

    publish(bus, resource, id, what, payload, NULL);
}

void ci_event_publish_json_about(struct ci_bus *bus, const char *resource, int64_t id,
                                 const char *what, json_t *payload, struct ci_i64s builders)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf text;

    ci_buf_init(&text, mem);
    for (size_t i = 0; i < builders.count; i++)
        ci_buf_printf(&text, "%s%" PRId64, i ? "," : "", builders.items[i]);
    /* "0" is no builder's: it says that the sender knows of none. */
    publish(bus, resource, id, what, payload, builders.count ? text.text : "0");
}

void ci_event_publish_about(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                            const struct ci_record *record, const void *value,
                            struct ci_i64s builders)
{
    json_auto_t *payload = ci_record_to_json(record, value);

    ci_event_publish_json_about(bus, resource, id, what, payload, builders);
}

void ci_event_publish_master(struct ci_bus *bus, const struct ci_master_row *master,
                             const char *what)
{
    json_auto_t *payload = ci_record_to_json(&ci_master_row_record, master);

    (void)json_object_del(payload, "last_active");
    ci_event_publish_json(bus, "masters", master->masterid, what, payload);
}

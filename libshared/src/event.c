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

void ci_event_publish_json(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                           json_t *payload)
{
    CI_CLEANUP(free_text) char *text = json_dumps(payload, JSON_COMPACT | JSON_ENCODE_ANY);
    char subject[SUBJECT_MAX];

    /* Text that JSON can't hold makes no event; whoever listens reads REST again anyway. */
    if (!text)
        return;
    (void)snprintf(subject, sizeof(subject), CI_SUBJECT_EVENT_PREFIX "%s.%" PRId64 ".%s", resource,
                   id, what);
    ci_bus_publish(bus, subject, text, strlen(text));
}

void ci_event_publish(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                      const struct ci_record *record, const void *value)
{
    json_auto_t *payload = ci_record_to_json(record, value);

    ci_event_publish_json(bus, resource, id, what, payload);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any lines as what streams of events meet: a subject, its builders, its payload, a pattern, a
 * last id. */
#include "events/hub.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void wake(struct hub_client *client)
{
    (void)client;
}

/* One line, ends at the end of the text. */
static const char *line(char **rest)
{
    char *begin = *rest, *end = begin + strcspn(begin, "\n");

    *rest = *end ? end + 1 : end;
    *end = '\0';
    return begin;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t hidden[] = {1, 5};
    static const struct access_view view = {
        .builders = {hidden, 2},
          .newest_builder = 9
    };
    CI_AUTO_MEM mem = ci_mem_new();
    char *rest = ci_mem_strndup(mem, (const char *)data, size);
    struct hub *hub = hub_new();
    struct ci_buf out;

    struct ci_bus_message message = {.subject = line(&rest), .builders = line(&rest)};
    message.data = line(&rest);
    message.len = strlen(message.data);
    const char *pattern = line(&rest), *last_id = line(&rest);
    struct hub_client open = {.wake = wake, .end = wake, .last_id = last_id};
    struct hub_client narrow = {.wake = wake, .end = wake, .limits = &view};

    ci_buf_init(&out, mem);
    (void)!hub_subscribe(hub, &open, pattern);
    (void)!hub_subscribe(hub, &narrow, "*/*/*");
    hub_attach(hub, &open);
    hub_attach(hub, &narrow);
    (void)!hub_message(hub, &message);
    (void)!hub_read(hub, &open, 1 << 20, true, (struct ci_mono){1}, &out);
    (void)!hub_read(hub, &narrow, 1 << 20, true, (struct ci_mono){1}, &out);
    /* Every event ends with an empty line. */
    if (out.len < 2 || memcmp(out.text + out.len - 2, "\n\n", 2) != 0)
        abort();
    hub_detach(hub, &open);
    hub_detach(hub, &narrow);
    hub_free(hub);
    return 0;
}

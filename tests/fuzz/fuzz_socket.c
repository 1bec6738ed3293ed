/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what a WebSocket's client sends: frames as they come, and each text as a command. */
#include "events/topics.h"
#include "events/ws.h"
#include "http_frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 1 << 16 };

static void nothing(struct hub_client *client, struct hub_event *event)
{
    (void)client, (void)event;
}

static void end(struct hub_client *client)
{
    (void)client;
}

/* Whatever is asked gets an answer, which is JSON. */
static void check_command(struct hub *hub, struct hub_client *client, const char *text, size_t len)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *answer = ws_answer(hub, client, text, len, mem);
    json_auto_t *json = json_loads(answer, 0, NULL);

    if (!json_is_object(json))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hub *hub = hub_new();
    struct hub_client client = {.deliver = nothing, .end = end};
    CI_AUTO_MEM mem = ci_mem_new();
    char *bytes = ci_mem_strndup(mem, (const char *)data, size);
    struct ci_frame frame;

    hub_attach(hub, &client);
    check_command(hub, &client, bytes, size);
    (void)topic_is_valid(bytes);
    (void)topic_matches(bytes, "builders/1/builds/2/new");
    for (size_t at = 0; ci_frame_parse(bytes + at, size - at, MESSAGE_MAX, &frame) == CI_FRAME_OK &&
                        size - at >= frame.head + frame.len;
         at += frame.head + frame.len) {
        if (frame.len > MESSAGE_MAX)
            abort();
        ci_frame_unmask(bytes + at + frame.head, &frame);
        check_command(hub, &client, bytes + at + frame.head, frame.len);
    }
    hub_detach(hub, &client);
    hub_free(hub);
    return 0;
}

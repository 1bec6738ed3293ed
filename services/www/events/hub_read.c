/* SPDX-License-Identifier: Apache-2.0 */
/* How a listener that resumes reads: from where it stands, as server-sent events. */
#include "events/hub_internal.h"
#include "shared/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Several services lose their connection to NATS at once and each says so: a listener is told to
 * ask anew once a second. */
enum { RELOAD_PAUSE_US = 1000000 };

/* "epoch-number" of this epoch, of an event that is kept or the last before. */
static bool find_place(const struct hub *hub, const char *id, int64_t *out)
{
    size_t len = strlen(hub->epoch);
    int64_t at;
    char *end;

    if (strncmp(id, hub->epoch, len) != 0 || id[len] != '-' || id[len + 1] < '0' ||
        id[len + 1] > '9')
        return false;
    at = strtoll(id + len + 1, &end, 10);
    /* Another replica may be a few ahead of this one. */
    if (*end || at < hub->base || at > hub->head + HUB_KEPT)
        return false;
    *out = at;
    return true;
}

void hub_greet(struct hub *hub, struct hub_client *client)
{
    client->at = hub->head;
    client->said = -1;
    if (client->last_id && *client->last_id)
        client->reload = !find_place(hub, client->last_id, &client->at);
    client->last_id = NULL;
    memcpy(client->epoch, hub->epoch, sizeof(client->epoch));
}

static void put_id(const struct hub *hub, struct hub_client *client, struct ci_buf *out)
{
    ci_buf_printf(out, "id: %s-%" PRId64 "\n", hub->epoch, client->at);
    client->said = client->at;
}

static void put_reload(const struct hub *hub, struct hub_client *client, struct ci_mono now,
                       struct ci_buf *out)
{
    client->reload = false;
    client->reloaded = now;
    put_id(hub, client, out);
    ci_buf_puts(out, "event: reload\ndata: {}\n\n");
}

/* Once for each event, with all its keys that were asked for. */
static void put_note(const struct hub *hub, struct hub_client *client, const struct hub_note *note,
                     unsigned wanted, struct ci_buf *out)
{
    const char *comma = "";

    put_id(hub, client, out);
    ci_buf_puts(out, "event: event\ndata: {\"keys\":[");
    for (size_t i = 0; i < note->count; i++) {
        if (wanted & 1u << i) {
            ci_buf_puts(out, comma);
            ci_buf_puts(out, note->quoted[i]);
            comma = ",";
        }
    }
    ci_buf_puts(out, "],\"message\":");
    ci_buf_add(out, note->text, note->len);
    ci_buf_puts(out, "}\n\n");
}

/* False when it has to wait. */
static bool step(const struct hub *hub, struct hub_client *client, struct ci_mono now,
                 struct ci_buf *out)
{
    const struct hub_note *note = hub_note_at(hub, client->at + 1);

    if (client->at < hub->base) { /* what it has not seen is kept no more */
        client->at = hub->head;
        client->reload = true;
        return true;
    }
    if (!note)
        return false;
    if (note->lost) {
        if (client->reloaded.us && now.us - client->reloaded.us < RELOAD_PAUSE_US)
            return false;
        client->at++;
        put_reload(hub, client, now, out);
        return true;
    }
    unsigned wanted = hub_wanted(client, note);
    client->at++;
    if (wanted)
        put_note(hub, client, note, wanted, out);
    return true;
}

bool hub_read(struct hub *hub, struct hub_client *client, size_t most, bool idle,
              struct ci_mono now, struct ci_buf *out)
{
    bool more = true;

    pthread_mutex_lock(&hub->lock);
    if (strcmp(client->epoch, hub->epoch) != 0) { /* its numbers mean nothing any more */
        memcpy(client->epoch, hub->epoch, sizeof(client->epoch));
        client->at = hub->head;
        client->reload = true;
    }
    if (client->said < 0 && !client->reload) {
        put_id(hub, client, out);
        ci_buf_puts(out, "event: ready\ndata: {}\n\n");
    }
    while (more && out->len < most) {
        if (client->reload)
            put_reload(hub, client, now, out);
        more = step(hub, client, now, out);
    }
    /* So that it does not seem to be behind all that is kept when nothing of it was for it. */
    if (idle && !out->len) {
        put_id(hub, client, out);
        ci_buf_puts(out, "\n");
    }
    pthread_mutex_unlock(&hub->lock);
    return more;
}

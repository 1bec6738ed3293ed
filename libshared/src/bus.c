/* SPDX-License-Identifier: Apache-2.0 */
/* NATS by nats.c: connects and reconnects in the background for ever, drops what can't go out. */
#include "bus_internal.h"
#include "shared/metrics.h"
#include "shared/subjects.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECONNECT_WAIT_MS = 250,
    RECONNECT_JITTER_MS = 100,
    CONNECT_TIMEOUT_MS = 2000,
    /* A server that vanished without a word is noticed after two of these. */
    PING_MS = 15000,
    WRITE_DEADLINE_MS = 1000,
    FLUSH_MS = 2000,
    RING_MS = 1,
};

static struct ci_metric dropped_total =
    CI_COUNTER("slipway_bus_dropped_total", "Messages dropped for want of a NATS connection.");
static struct ci_metric connected_gauge =
    CI_GAUGE("slipway_bus_connected", "Whether NATS is connected (1) or not (0).");

struct subscription {
    struct ci_bus *bus;
    struct subscription *next;
    natsSubscription *nats;  /* NULL: it rests; guarded by the bus's lock */
    const char *subject;     /* malloc'd */
    ci_bus_handler *handler; /* one of the two */
    ci_bus_reader *reader;
    void *user;
};

/* ---- callbacks, on nats.c's threads ---- */

/* One thing less to wait for. */
static void last_call(void *user)
{
    struct ci_bus *bus = user;

    pthread_mutex_lock(&bus->lock);
    if (--bus->pending == 0)
        pthread_cond_broadcast(&bus->changed);
    pthread_mutex_unlock(&bus->lock);
}

static void on_closed(natsConnection *nats, void *user)
{
    (void)nats;
    last_call(user);
}

/* What was on its way is lost with the connection. */
static void on_disconnected(natsConnection *nats, void *user)
{
    struct ci_bus *bus = user;

    (void)nats;
    ci_metric_set(&connected_gauge, 0);
    if (atomic_load(&bus->told))
        atomic_store(&bus->lost, true);
}

/* Whoever reads the history shall know that something is not in it. */
static void confess(struct ci_bus *bus, natsConnection *nats)
{
    if (atomic_exchange(&bus->lost, false))
        (void)natsConnection_Publish(nats, CI_SUBJECT_EVENTS_LOST, "{}", 2);
}

/* Also the first time. The rows stay while the connection is open, so the list needs the lock only
 * to be read. */
static void on_connected(natsConnection *nats, void *user)
{
    struct ci_bus *bus = user;
    struct subscription *first;
    bool closing;

    (void)nats;
    ci_metric_set(&connected_gauge, 1);
    confess(bus, nats);
    pthread_mutex_lock(&bus->lock);
    first = bus->subscriptions;
    closing = bus->closing;
    pthread_mutex_unlock(&bus->lock);
    for (struct subscription *sub = first; sub && !closing; sub = sub->next)
        sub->handler ? sub->handler(sub->user, sub->subject, NULL, 0)
                     : sub->reader(sub->user, NULL);
}

static const char *header(natsMsg *msg, const char *name)
{
    const char *value = NULL;

    return natsMsgHeader_Get(msg, name, &value) == NATS_OK ? value : NULL;
}

void ci_bus_unpack(natsMsg *msg, struct ci_bus_message *out)
{
    const char *data = natsMsg_GetData(msg), *subject = header(msg, JSSubject);
    const char *sequence = subject ? header(msg, JSSequence) : NULL;

    /* nats.c keeps a NUL behind the data; an empty message is "". */
    *out = (struct ci_bus_message){
        .subject = subject ? subject : natsMsg_GetSubject(msg),
        .data = data ? data : "",
        .len = (size_t)natsMsg_GetDataLength(msg),
        .builders = header(msg, CI_HEADER_BUILDERS),
        .sequence = sequence ? strtoll(sequence, NULL, 10) : 0,
    };
}

static void on_message(natsConnection *nats, natsSubscription *nats_sub, natsMsg *msg, void *user)
{
    struct subscription *sub = user;

    (void)nats, (void)nats_sub;
    if (sub->reader) {
        struct ci_bus_message message;

        ci_bus_unpack(msg, &message);
        sub->reader(sub->user, &message);
    } else {
        /* An empty message is "", as NULL means a reconnect. */
        const char *data = natsMsg_GetData(msg);

        sub->handler(sub->user, natsMsg_GetSubject(msg), data ? data : "",
                     (size_t)natsMsg_GetDataLength(msg));
    }
    natsMsg_Destroy(msg);
}

/* ---- open and close ---- */

/* natsOptions_* fail for arguments out of range and for want of memory only. */
static natsStatus set_options(natsOptions *options, const char *url, const char *name,
                              struct ci_bus *bus)
{
    natsStatus s = natsOptions_SetURL(options, url);

    if (s == NATS_OK)
        s = natsOptions_SetName(options, name);
    if (s == NATS_OK)
        s = natsOptions_SetTimeout(options, CONNECT_TIMEOUT_MS);
    if (s == NATS_OK)
        s = natsOptions_SetMaxReconnect(options, -1);
    if (s == NATS_OK)
        s = natsOptions_SetReconnectWait(options, RECONNECT_WAIT_MS);
    if (s == NATS_OK)
        s = natsOptions_SetReconnectJitter(options, RECONNECT_JITTER_MS, RECONNECT_JITTER_MS);
    if (s == NATS_OK)
        s = natsOptions_SetPingInterval(options, PING_MS);
    if (s == NATS_OK)
        s = natsOptions_SetWriteDeadline(options, WRITE_DEADLINE_MS);
    if (s == NATS_OK) /* handlers only wake others: one thread serves all subscriptions */
        s = natsOptions_UseGlobalMessageDelivery(options, true);
    if (s == NATS_OK)
        s = natsOptions_SetRetryOnFailedConnect(options, true, on_connected, bus);
    if (s == NATS_OK)
        s = natsOptions_SetReconnectedCB(options, on_connected, bus);
    if (s == NATS_OK)
        s = natsOptions_SetDisconnectedCB(options, on_disconnected, bus);
    if (s == NATS_OK)
        s = natsOptions_SetClosedCB(options, on_closed, bus);
    return s;
}

static struct ci_bus *new_bus(void)
{
    struct ci_bus *bus = calloc(1, sizeof(*bus));

    if (!bus)
        abort();
    pthread_mutex_init(&bus->lock, NULL);
    pthread_cond_init(&bus->changed, NULL);
    return bus;
}

static void free_bus(struct ci_bus *bus)
{
    while (bus->subscriptions) {
        struct subscription *sub = bus->subscriptions;

        bus->subscriptions = sub->next;
        natsSubscription_Destroy(sub->nats);
        free((char *)(uintptr_t)sub->subject);
        free(sub);
    }
    jsCtx_Destroy(bus->js);
    natsConnection_Destroy(bus->nats);
    pthread_cond_destroy(&bus->changed);
    pthread_mutex_destroy(&bus->lock);
    free(bus);
}

bool ci_bus_open(const char *url, const char *client_name, struct ci_bus **out, struct ci_err *err)
{
    struct ci_bus *bus = new_bus();
    natsOptions *options = NULL;
    natsStatus s;

    if (!url || !*url) {
        *out = bus;
        return true;
    }
    s = natsOptions_Create(&options);
    if (s == NATS_OK)
        s = set_options(options, url, client_name, bus);
    bus->pending = 1; /* on_closed */
    if (s == NATS_OK)
        s = natsConnection_Connect(&bus->nats, options);
    natsOptions_Destroy(options);
    if (s != NATS_OK && s != NATS_NOT_YET_CONNECTED) {
        free_bus(bus);
        return ci_fail(err, CI_EINVALID, "could not use the NATS address: %s",
                       natsStatus_GetText(s));
    }
    if (s == NATS_OK)
        ci_metric_set(&connected_gauge, 1);
    *out = bus;
    return true;
}

void ci_bus_close(struct ci_bus *bus)
{
    if (!bus)
        return;
    if (bus->nats) {
        pthread_mutex_lock(&bus->lock);
        bus->closing = true;
        pthread_mutex_unlock(&bus->lock);
        natsConnection_Close(bus->nats);
        pthread_mutex_lock(&bus->lock);
        while (bus->pending)
            pthread_cond_wait(&bus->changed, &bus->lock);
        pthread_mutex_unlock(&bus->lock);
    }
    free_bus(bus);
}

bool ci_bus_connected(const struct ci_bus *bus)
{
    return bus->nats && natsConnection_Status(bus->nats) == NATS_CONN_STATUS_CONNECTED;
}

/* ---- messages ---- */

static bool is_event(const char *subject)
{
    return strncmp(subject, CI_SUBJECT_EVENT_PREFIX, strlen(CI_SUBJECT_EVENT_PREFIX)) == 0;
}

/* Counts what could not go out; of events the history has to know. */
static void note(struct ci_bus *bus, const char *subject, bool sent)
{
    if (!sent)
        ci_metric_add(&dropped_total, 1);
    if (!is_event(subject))
        return;
    atomic_store_explicit(&bus->told, true, memory_order_relaxed);
    if (!sent && bus->nats)
        atomic_store(&bus->lost, true);
}

void ci_bus_publish(struct ci_bus *bus, const char *subject, const void *data, size_t len)
{
    /* Without the question nats.c would keep the message until it is old news. */
    note(bus, subject,
         ci_bus_connected(bus) &&
             natsConnection_Publish(bus->nats, subject, data, (int)len) == NATS_OK);
}

void ci_bus_publish_about(struct ci_bus *bus, const char *subject, const void *data, size_t len,
                          const char *builders)
{
    natsMsg *msg = NULL;
    natsStatus s = ci_bus_connected(bus) ? natsMsg_Create(&msg, subject, NULL, data, (int)len)
                                         : NATS_CONNECTION_CLOSED;

    if (s == NATS_OK)
        s = natsMsgHeader_Set(msg, CI_HEADER_BUILDERS, builders);
    if (s == NATS_OK)
        s = natsConnection_PublishMsg(bus->nats, msg);
    natsMsg_Destroy(msg);
    note(bus, subject, s == NATS_OK);
}

/*
 * nats.c lets a message wait a millisecond for company, which makes the ten
 * events of a build one packet. A bell can't wait: flushing sends it at once,
 * and the server's answer, which nobody needs, is not waited for long.
 */
void ci_bus_ring(struct ci_bus *bus, const char *subject)
{
    ci_bus_publish(bus, subject, NULL, 0);
    if (ci_bus_connected(bus))
        (void)natsConnection_FlushTimeout(bus->nats, RING_MS);
}

static struct subscription *add_row(struct ci_bus *bus, const struct subscription *row)
{
    struct subscription *sub = calloc(1, sizeof(*sub));

    if (!sub)
        abort();
    *sub = *row;
    sub->bus = bus;
    sub->subject = strdup(row->subject);
    if (!sub->subject)
        abort();
    pthread_mutex_lock(&bus->lock);
    sub->next = bus->subscriptions;
    bus->subscriptions = sub;
    pthread_mutex_unlock(&bus->lock);
    return sub;
}

static natsStatus begin(struct subscription *sub)
{
    struct ci_bus *bus = sub->bus;
    natsSubscription *nats = NULL;
    natsStatus s = natsConnection_Subscribe(&nats, bus->nats, sub->subject, on_message, sub);

    if (s == NATS_OK)
        s = natsSubscription_SetOnCompleteCB(nats, last_call, bus);
    pthread_mutex_lock(&bus->lock);
    sub->nats = nats;
    bus->pending += s == NATS_OK;
    pthread_mutex_unlock(&bus->lock);
    return s;
}

static bool subscribe(struct ci_bus *bus, const struct subscription *row, struct ci_err *err)
{
    natsStatus s;

    if (!bus->nats)
        return true;
    s = begin(add_row(bus, row));
    if (s != NATS_OK)
        return ci_fail(err, CI_EINVALID, "could not subscribe to %s: %s", row->subject,
                       natsStatus_GetText(s));
    return true;
}

bool ci_bus_subscribe(struct ci_bus *bus, const char *subject, ci_bus_handler *handler, void *user,
                      struct ci_err *err)
{
    return subscribe(
        bus, &(struct subscription){.subject = subject, .handler = handler, .user = user}, err);
}

bool ci_bus_read(struct ci_bus *bus, const char *subject, ci_bus_reader *reader, void *user,
                 struct ci_err *err)
{
    return subscribe(
        bus, &(struct subscription){.subject = subject, .reader = reader, .user = user}, err);
}

static struct subscription *find_row(struct ci_bus *bus, const char *subject, const void *user)
{
    struct subscription *sub;

    pthread_mutex_lock(&bus->lock);
    sub = bus->subscriptions;
    while (sub && (sub->user != user || strcmp(sub->subject, subject) != 0))
        sub = sub->next;
    pthread_mutex_unlock(&bus->lock);
    return sub;
}

void ci_bus_rest(struct ci_bus *bus, const char *subject, const void *user)
{
    struct subscription *sub = find_row(bus, subject, user);
    natsSubscription *nats = NULL;

    if (!sub)
        return;
    pthread_mutex_lock(&bus->lock);
    nats = sub->nats;
    sub->nats = NULL;
    pthread_mutex_unlock(&bus->lock);
    if (nats)
        (void)natsSubscription_Unsubscribe(nats); /* fails where the connection is closed: fine */
    natsSubscription_Destroy(nats);
}

void ci_bus_resume(struct ci_bus *bus, const char *subject, const void *user)
{
    struct subscription *sub = find_row(bus, subject, user);

    if (!sub || sub->nats || begin(sub) != NATS_OK)
        return;
    /* Without a connection the handler hears of it when there is one. */
    if (ci_bus_connected(bus))
        (void)natsConnection_FlushTimeout(bus->nats, FLUSH_MS);
}

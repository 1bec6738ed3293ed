/* SPDX-License-Identifier: Apache-2.0 */
/* The history of events, by JetStream. */
#include "bus_internal.h"
#include "shared/clock.h"
#include "shared/history.h"
#include "shared/subjects.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char stream_name[] = "SLIPWAY_EVENTS";

enum { WAIT_MS = 2000 };

static jsCtx *context(struct ci_bus *bus)
{
    jsCtx *js;
    jsOptions options;

    jsOptions_Init(&options);
    options.Wait = WAIT_MS;
    pthread_mutex_lock(&bus->lock);
    if (!bus->js && natsConnection_JetStream(&bus->js, bus->nats, &options) != NATS_OK)
        bus->js = NULL;
    js = bus->js;
    pthread_mutex_unlock(&bus->lock);
    return js;
}

/* Somebody else may be as fast: the one stream is asked for again afterwards. */
static natsStatus make(jsCtx *js)
{
    const char *subject = CI_SUBJECT_EVENT_ALL;
    jsRePublish tell;
    jsStreamConfig config;

    jsRePublish_Init(&tell);
    tell.Source = CI_SUBJECT_EVENT_ALL;
    tell.Destination = CI_SUBJECT_TOLD_ALL;
    jsStreamConfig_Init(&config);
    config.Name = stream_name;
    config.Description = "Slipway's live events of the last minutes";
    config.Subjects = &subject;
    config.SubjectsLen = 1;
    config.MaxMsgs = CI_HISTORY_MESSAGES;
    config.MaxBytes = CI_HISTORY_BYTES;
    config.MaxAge = (int64_t)CI_HISTORY_MINUTES * 60 * 1000000000;
    config.Storage = js_MemoryStorage;
    config.NoAck = true;
    config.RePublish = &tell;
    return js_AddStream(NULL, js, &config, NULL, NULL);
}

/* A server that is too old keeps a stream that tells nothing on. */
static bool is_ours(const jsStreamInfo *info)
{
    const jsStreamConfig *config = info->Config;

    return config && config->RePublish && config->RePublish->Destination &&
           strcmp(config->RePublish->Destination, CI_SUBJECT_TOLD_ALL) == 0;
}

static bool fail(struct ci_err *err, natsStatus s)
{
    bool late =
        s == NATS_TIMEOUT || s == NATS_CONNECTION_CLOSED || s == NATS_CONNECTION_DISCONNECTED;

    return ci_fail(err, late ? CI_EUNAVAILABLE : CI_ENOTFOUND,
                   "NATS keeps no history of events: %s", natsStatus_GetText(s));
}

static void read_info(const jsStreamInfo *info, struct ci_history *out)
{
    snprintf(out->epoch, sizeof(out->epoch), "%" PRIx64, (uint64_t)info->Created);
    out->first = (int64_t)info->State.FirstSeq;
    out->last = (int64_t)info->State.LastSeq;
    if (info->State.Msgs == 0)
        out->first = out->last + 1;
}

bool ci_history_open(struct ci_bus *bus, struct ci_history *out, struct ci_err *err)
{
    jsStreamInfo *info = NULL;
    natsStatus s;
    bool ours;
    jsCtx *js;

    if (!ci_bus_connected(bus) || !(js = context(bus)))
        return ci_fail(err, CI_EUNAVAILABLE, "NATS is not connected");
    s = js_GetStreamInfo(&info, js, stream_name, NULL, NULL);
    if (s == NATS_NOT_FOUND) {
        natsStatus made = make(js);

        s = js_GetStreamInfo(&info, js, stream_name, NULL, NULL);
        if (s != NATS_OK && made != NATS_OK)
            s = made;
    }
    if (s != NATS_OK)
        return fail(err, s);
    ours = is_ours(info);
    if (ours)
        read_info(info, out);
    jsStreamInfo_Destroy(info);
    return ours ||
           ci_fail(err, CI_ENOTFOUND, "the stream %s does not tell its messages on", stream_name);
}

/* ---- what was kept ---- */

static bool sequence_of(natsMsg *msg, int64_t *out)
{
    jsMsgMetaData *about = NULL;

    if (natsMsg_GetMetaData(&about, msg) != NATS_OK)
        return false;
    *out = (int64_t)about->Sequence.Stream;
    jsMsgMetaData_Destroy(about);
    return true;
}

static natsStatus follow(natsSubscription *sub, int64_t to, ci_bus_reader *reader, void *user)
{
    int64_t at = 0;

    while (at < to) {
        struct ci_bus_message message;
        natsMsg *msg = NULL;
        natsStatus s = natsSubscription_NextMsg(&msg, sub, WAIT_MS);

        if (s != NATS_OK)
            return s;
        if (sequence_of(msg, &at) && at <= to) {
            ci_bus_unpack(msg, &message);
            message.sequence = at;
            reader(user, &message);
        }
        natsMsg_Destroy(msg);
    }
    return NATS_OK;
}

bool ci_history_read(struct ci_bus *bus, int64_t from, int64_t to, ci_bus_reader *reader,
                     void *user, struct ci_err *err)
{
    natsSubscription *sub = NULL;
    jsSubOptions options;
    natsStatus s;
    jsCtx *js;

    if (from > to)
        return true;
    if (!ci_bus_connected(bus) || !(js = context(bus)))
        return ci_fail(err, CI_EUNAVAILABLE, "NATS is not connected");
    jsSubOptions_Init(&options);
    options.Ordered = true;
    options.Stream = stream_name;
    options.Config.DeliverPolicy = js_DeliverByStartSequence;
    options.Config.OptStartSeq = (uint64_t)from;
    s = js_SubscribeSync(&sub, js, CI_SUBJECT_EVENT_ALL, NULL, &options, NULL);
    if (s == NATS_OK)
        s = follow(sub, to, reader, user);
    if (sub)
        (void)natsSubscription_Unsubscribe(sub);
    natsSubscription_Destroy(sub);
    return s == NATS_OK || ci_fail(err, CI_EUNAVAILABLE, "could not read the history of events: %s",
                                   natsStatus_GetText(s));
}

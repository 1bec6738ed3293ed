/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry of the ledger (table deliveries) as REST shows it and as the event
 * deliveries/<id>/new carries it. Ours; Buildbot keeps no such list.
 */
#pragma once

#include "shared/record.h"

/* Of a delivery that www hands on to changes: a handle of the table senders. */
#define CI_HEADER_SENDER "x-slipway-sender"

struct ci_delivery {
    int64_t deliveryid;
    struct ci_time received_at;
    const char *kind;                          /* hook, poll */
    const char *source;                        /* dialect, or the poller's name */
    const char *event, *external_id;           /* as the sender calls them, or NULL */
    const char *repository;                    /* or NULL */
    const char *verdict, *reason;              /* see services/changes/ledger.h; reason or NULL */
    struct ci_maybe status;                    /* of the HTTP answer; null: a poll */
    int found;                                 /* changes it told of ... */
    struct ci_i64s changeids, known_changeids; /* ... made of it, and there before */
    bool recovered;                            /* a poll found what a hook should have told */
    int repeated;                              /* polls in a row with this result ... */
    struct ci_time last_at;                    /* ... and the last of them */
    struct ci_maybe replay_of;                 /* the delivery that was read again */
    int body_bytes;                            /* as it came */
    bool replayable;                           /* request and body were kept */
    struct ci_strs projects; /* of its changes, and of those that its repository had before */
    const char *sender;      /* user whose token it came with, or NULL */
};
extern const struct ci_record ci_delivery_record;

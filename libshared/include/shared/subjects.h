/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every NATS subject, grouped by who listens. Doorbells carry no data.
 */
#pragma once

#define CI_SUBJECT_WAKE_CHANGES "slipway.wake.changes"     /* a poller was poked */
#define CI_SUBJECT_WAKE_SCHEDULER "slipway.wake.scheduler" /* change_inbox has rows */
#define CI_SUBJECT_WAKE_BUILDER "slipway.wake.builder"     /* new requests, freed slots */
#define CI_SUBJECT_WAKE_CONTROL "slipway.wake.control" /* builder: stops and cancels asked for */
#define CI_SUBJECT_WAKE_LOCKS "slipway.wake.locks"     /* builder: locks were given back */
/* builder: slipway.over.<workerid>.<buildid>.<1: the agent is to forget it>; a build has ended at a
 * replica at which its agent does not wait */
#define CI_SUBJECT_OVER_PREFIX "slipway.over."
#define CI_SUBJECT_OVER_ALL "slipway.over.>"
#define CI_SUBJECT_WAKE_NOTIFIER "slipway.wake.notifier" /* notification_events has rows */
#define CI_SUBJECT_WAKE_CONFIG "slipway.wake.config"     /* everyone: a new configuration version */

/* everyone, again and again: which process it is (replica.h) */
#define CI_SUBJECT_REPLICA "slipway.replica"

/* Events: slipway.event.<resource>.<id>.<what>, payload the REST resource (see event.h). */
#define CI_SUBJECT_EVENT_PREFIX "slipway.event."
#define CI_SUBJECT_EVENT_ALL "slipway.event.>"
/* Events as the history (history.h) tells them on, numbered. */
#define CI_SUBJECT_TOLD_PREFIX "slipway.told."
#define CI_SUBJECT_TOLD_ALL "slipway.told.>"
/* An event of its own: some of the sender's may be missing before it. */
#define CI_SUBJECT_EVENTS_LOST "slipway.event.events.0.lost"
/* Header: the ids of the builders that a message is about. */
#define CI_HEADER_BUILDERS "Slipway-Builders"

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads that post journals: each has one connection, and a build is
 * with at most one of them. A build's next batch goes as soon as the one
 * before is acknowledged.
 */
#pragma once

#include "build.h"

/* The build's journal has grown. Lock held. */
void sender_notify_locked(struct build *build, enum build_haste haste);

/* The builder answers again: journals that wait after a failure are tried now. Lock held. */
void sender_retry_locked(struct agent *agent);

/* How long a frame that is in no hurry waits for others at present. Lock held. */
struct ci_dur sender_patience_locked(const struct agent *agent);

/* Starts the first; more start by themselves. CI_EUNAVAILABLE: no thread. */
CI_MUST_USE bool sender_start(struct agent *agent, struct ci_err *err);

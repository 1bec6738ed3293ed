/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifier's loops.
 *   expand  takes finished builds and writes one message for each notifier
 *           that wants them and each recipient, in one transaction
 *   send-n  claims one message that is due, sends it, writes what came of it
 *   renew   renews the claims of the messages that are being sent
 *   missing writes a message to each address that a missing worker's entry names
 *
 * Never two mails for one event: a message is claimed by a committed mark
 * before it is sent, and a second mark is committed before its last byte goes
 * to the relay. A replica that dies before that second mark has delivered
 * nothing, and the message is sent again; one that dies after it leaves the
 * message `unconfirmed`, for people to see, and nobody sends it again.
 */
#pragma once

#include "shared/loop.h"

struct ci_app;

enum { NOTIFIER_LOOPS = 7 };
extern const struct ci_loop notifier_loops[NOTIFIER_LOOPS];

/* For ci_service: SMTP sessions under way are broken off at the stop, unless their last byte is
 * out. */
bool send_start(struct ci_app *app, struct ci_err *err);
void send_drain(struct ci_app *app);
void send_stop(struct ci_app *app);

/* For tests. */
ci_tick_fn tick_expand, tick_send, tick_missing, tick_renew;

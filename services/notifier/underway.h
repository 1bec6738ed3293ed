/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages that this process is sending, so that one loop can renew their
 * claims while the others wait for relays: a claim can then be short, and the
 * messages of a replica that died are soon taken over. Any thread.
 */
#pragma once

#include "shared/mem.h"

enum { UNDERWAY_MAX = 16 }; /* more are not renewed, and run out */

void underway_begin(int64_t notificationid, int attempt);
void underway_end(int64_t notificationid);

/* Ids and attempts of what is under way, in mem, of one length. */
void underway_list(void *mem, struct ci_i64s *ids, struct ci_i64s *attempts);

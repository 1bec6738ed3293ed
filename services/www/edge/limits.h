/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much one client may ask: token buckets by address (of IPv6 by /64, which
 * one customer has whole) and by credential, so that a token used from many
 * places counts as one client. A table of a fixed size: who has not asked for
 * longest makes room. Each replica counts for itself.
 */
#pragma once

#include "shared/config.h"
#include "shared/http.h"

struct limits;
struct limits *limits_new(void);
void limits_free(struct limits *limits); /* NULL-safe */

/*
 * Takes one request (and one write) from the bucket called `name`. 0: it was
 * there; else nothing was taken, and so many seconds until it will be. Any thread.
 */
int limits_take(struct limits *limits, const struct ci_limits *config, const char *name, bool write,
                struct ci_time now);

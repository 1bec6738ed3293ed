/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers and loops of the builder service share; app->state points to it. */
#pragma once

#include "hub.h"
#include "lease.h"
#include "passwords.h"
#include "settings.h"
#include "tokens.h"

struct builder {
    struct ci_app *app;
    const struct builder_settings *settings;
    struct hub *hub;
    struct passwords *passwords;
    struct tokens *tokens;
    struct lease_watch leases;     /* of the lease loop only */
    struct ci_time started_at;     /* silence before it says nothing about an agent */
    int64_t config_seen;           /* version that the workers loop has taken up; of it only */
    struct ci_time passwords_due;  /* when unread passwords are tried again; of the workers loop only */
};

/* Makes what start() stores in app->state; app's db, bus, config and settings are ready. */
struct builder *builder_new(struct ci_app *app, struct ci_time now);
void builder_free(struct builder *builder); /* NULL-safe */

static inline struct builder *builder_of(void *service)
{
    return ((struct ci_app *)service)->state;
}

/* Looks for work at once: a slot or a request has become free. */
void builder_wake_claims(struct builder *builder);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers and loops of the builder service share; app->state points to it. */
#pragma once

#include "bell.h"
#include "claim_cache.h"
#include "hub.h"
#include "lease.h"
#include "passwords.h"
#include "settings.h"
#include "shared/depot.h"
#include "start_secrets.h"
#include "tokens.h"
#include "waits.h"

struct builder {
    struct ci_app *app;
    const struct builder_settings *settings;
    struct hub *hub;
    struct passwords *passwords;
    struct tokens *tokens;
    struct start_secrets *secrets;
    struct bell *locks;           /* rung when locks were given back, here or elsewhere */
    struct waits *waits;          /* calls that wait for what was triggered */
    struct ci_depot *depot;       /* where artifacts lie */
    char swept_to[65];            /* the piece that the sweep looked at last; of it only */
    int64_t sealed_to;            /* the log that sealing looked at last; of its loop only */
    struct lease_watch leases;    /* of the lease loop only */
    _Atomic int64_t claims_paced; /* ci_mono: a run is due then anyway, see loop_claim() */
    _Atomic bool backlog;         /* requests waited when they were last looked for */
    struct claim_cache claims;    /* of the claim loop only */
    struct ci_time started_at;    /* silence before it says nothing about an agent */
    int64_t config_seen;          /* version that the workers loop has taken up; of it only */
    struct ci_time
        passwords_due; /* when unread passwords are tried again; of the workers loop only */
};

/* Makes what start() stores in app->state; app's db, bus, config and settings are ready. */
struct builder *builder_new(struct ci_app *app, struct ci_time now);
void builder_free(struct builder *builder); /* NULL-safe */

static inline struct builder *builder_of(void *service)
{
    return ((struct ci_app *)service)->state;
}

/* A slot has become free: looks for work at once if requests wait. */
void builder_wake_claims(struct builder *builder);
/* A build of this worker is over, see hub_over(); the replica at which its agent waits hears of it.
 */
void builder_over(struct builder *builder, int64_t workerid, int64_t build, bool stale);
/* Hears what other replicas tell by builder_over(), once the bus is there. */
CI_MUST_USE bool builder_listen(struct builder *builder, struct ci_err *err);
/* A request waits again. */
void builder_new_work(struct builder *builder);
/*
 * For handlers whose 409 has a meaning of its own: a lost race in the
 * database becomes CI_EUNAVAILABLE, which agents try again. Returns false.
 */
bool builder_retry_later(struct ci_err *err);

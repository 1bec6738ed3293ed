/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a delivery from the request into the database, whether it comes
 * just now or is read again: config, proof, reading, and one transaction with
 * the changes and the ledger's entry.
 */
#pragma once

#include "hooks/hook.h"
#include "ledger.h"
#include "shared/service.h"
#include "store.h"

struct reception {
    /* Given: */
    struct ci_app *app;
    const char *name;                   /* of the dialect, as the sender wrote it */
    const struct hook_dialect *dialect; /* or NULL */
    const struct ci_config *config;
    const struct ci_request *request;
    int64_t replay_of; /* then nothing has to be proven */
    /* Found: */
    struct delivery delivery;
    const char *secret; /* of the dialect, or NULL */
    bool proven;
    enum ledger_verdict verdict;
    int status;
    const char *reason;
    struct added added;
    struct ci_delivery *row; /* of the ledger; NULL: not kept */
};

/* A label and a source that are never the sender's own text. */
const char *reception_source(const struct reception *reception);

/*
 * Proves, reads and checks, without the database. False: refused or failed; the
 * verdict and the status are set as well.
 */
CI_MUST_USE bool reception_read(struct reception *reception, struct ci_err *err);

/* Adds the changes and the entry in `tx`; outputs in the request's mem. CI_ECONFLICT: begin anew.
 */
CI_MUST_USE bool reception_write(struct reception *reception, struct ci_tx *tx, struct ci_err *err);

/* Adds the entry of one that brought nothing but `why`. */
CI_MUST_USE bool reception_refuse(struct reception *reception, struct ci_tx *tx, const char *why,
                                  struct ci_err *err);

/* After the commit: doorbells, events, metrics, the log. */
void reception_announce(const struct reception *reception);

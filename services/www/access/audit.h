/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: who did what, when, from where, through which token. */
#pragma once

#include "access/identity.h"
#include "shared/db.h"

#include <pthread.h>

/*
 * Adds a row in the transaction that does what it records, so that neither is
 * there without the other. action: force, stop, apply, sign-in ...; target: the
 * resource's path ("builds/17"); outcome: done, refused or failed; detail: an
 * object, taken, NULL for none; it never holds a secret.
 */
CI_MUST_USE bool audit_add(struct ci_tx *tx, const struct ci_request *request,
                           const struct identity *who, const char *action, const char *target,
                           const char *outcome, json_t *detail, struct ci_err *err);

/*
 * What was refused is written at most so often a minute and replica, as anybody
 * can be refused without end; the process log has every one.
 */
enum { AUDIT_REFUSED_MOST = 300 };
struct audit_limit {
    pthread_mutex_t lock;
    struct ci_time since;
    int count; /* both guarded by lock */
};
void audit_limit_init(struct audit_limit *limit);
void audit_limit_release(struct audit_limit *limit);
bool audit_limit_allows(struct audit_limit *limit, struct ci_time now);

/* The same in a transaction of its own, for what was refused; a failure is logged. */
void audit_refused(struct www *www, const struct ci_request *request, const struct identity *who,
                   const char *action, const char *target, const char *why);

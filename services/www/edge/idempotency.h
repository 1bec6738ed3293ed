/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header Idempotency-Key: a call that creates something, sent again with
 * the same key because its answer was lost, does nothing and gets the answer of
 * the first. That answer is written in the transaction of the deed itself, so
 * neither is there without the other; what never came to be is forgotten and
 * may be tried again. Keys belong to a user and are kept for a day.
 */
#pragma once

#include "access/identity.h"
#include "shared/db.h"

struct idempotency {
    bool claimed; /* there is a key, and the deed is this call's to do */
    bool kept;    /* its answer is written */
    const char *username, *key;
    int64_t attempt; /* of several calls with one key, which */
};

enum idempotency_verdict {
    IDEMPOTENCY_GO,    /* do it; or there is no key */
    IDEMPOTENCY_KNOWN, /* done already: *answer */
    IDEMPOTENCY_BUSY,  /* another call with the key is under way: 409 */
    IDEMPOTENCY_OTHER, /* the key was used for another request: 422 */
};

/* When a call whose replica died is given up, and when one that is under way may be asked for. */
enum { IDEMPOTENCY_STALE_S = 60, IDEMPOTENCY_RETRY_S = 1 };

/* What is said of IDEMPOTENCY_BUSY and IDEMPOTENCY_OTHER. */
const char *idempotency_text(enum idempotency_verdict verdict);

/*
 * Before the deed. *answer lives in the request's mem. CI_EINVALID: the key is
 * not 1..255 printable characters of ASCII.
 */
CI_MUST_USE bool idempotency_begin(struct www *www, const struct ci_request *request,
                                   const struct identity *who, struct idempotency *out,
                                   enum idempotency_verdict *verdict, json_t **answer,
                                   struct ci_err *err);

/*
 * In the deed's transaction, with its result (borrowed; NULL: null). CI_ECONFLICT: the deed took
 * so long that another call was given the key; the transaction must not be committed.
 */
CI_MUST_USE bool idempotency_keep(struct ci_tx *tx, struct idempotency *idempotency,
                                  const json_t *result, struct ci_err *err);

/* After the deed: a key whose answer was not written is free again. */
void idempotency_end(struct www *www, struct idempotency *idempotency, bool done);

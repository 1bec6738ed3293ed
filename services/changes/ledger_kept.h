/* SPDX-License-Identifier: Apache-2.0 */
/* What of a request the ledger keeps: enough to read it again, nothing that is secret. Pure. */
#pragma once

#include "ledger.h"

struct ledger_kept {
    json_t *request;        /* {method, path, query, headers}; NULL without a request */
    struct ci_bytes packed; /* the body, zstd; {NULL, 0} when there is none or it is too long */
    int bytes;              /* of the body as it came */
};

/* In mem. */
struct ledger_kept ledger_keep(const struct ledger_entry *entry, void *mem);

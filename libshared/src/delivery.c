/* SPDX-License-Identifier: Apache-2.0 */
/* The record of the ledger's entries. */
#include "shared/delivery.h"

static const struct ci_field delivery_fields[] = {
    CI_FIELD(struct ci_delivery, deliveryid, 0),
    CI_FIELD(struct ci_delivery, received_at, 0),
    CI_FIELD(struct ci_delivery, kind, 0),
    CI_FIELD(struct ci_delivery, source, 0),
    CI_FIELD(struct ci_delivery, event, 0),
    CI_FIELD(struct ci_delivery, external_id, 0),
    CI_FIELD(struct ci_delivery, repository, 0),
    CI_FIELD(struct ci_delivery, verdict, 0),
    CI_FIELD(struct ci_delivery, reason, 0),
    CI_FIELD(struct ci_delivery, status, 0),
    CI_FIELD(struct ci_delivery, found, 0),
    CI_FIELD(struct ci_delivery, changeids, 0),
    CI_FIELD(struct ci_delivery, known_changeids, 0),
    CI_FIELD(struct ci_delivery, recovered, 0),
    CI_FIELD(struct ci_delivery, repeated, 0),
    CI_FIELD(struct ci_delivery, last_at, 0),
    CI_FIELD(struct ci_delivery, replay_of, 0),
    CI_FIELD(struct ci_delivery, body_bytes, 0),
    CI_FIELD(struct ci_delivery, replayable, 0),
    CI_FIELD(struct ci_delivery, projects, 0),
    CI_FIELD(struct ci_delivery, sender, 0),
};
const struct ci_record ci_delivery_record =
    CI_RECORD("delivery", struct ci_delivery, delivery_fields);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claiming: pending requests become builds of waiting agents. Candidates are
 * read and matched without a lock; one transaction then locks the chosen
 * workers, counts their unfinished builds (the authority on free slots),
 * takes the requests and makes the builds.
 */
#pragma once

#include "builder.h"

struct claim_outcome {
    size_t builds;      /* made */
    bool again;         /* there is more to match at once */
    struct ci_time due; /* a request is held for a warm worker until then; 0: none */
    bool contended;     /* another replica held what we wanted: look again in some milliseconds */
};

CI_MUST_USE bool claim_run(struct builder *builder, struct ci_time now, struct ci_mono mono,
                           void *mem, struct claim_outcome *out, struct ci_err *err);

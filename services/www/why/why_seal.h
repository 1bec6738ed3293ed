/* SPDX-License-Identifier: Apache-2.0 */
/* Takes out of an explanation's facts what who asks may not see. */
#pragma once

#include "rest/rest.h"
#include "why/why.h"
#include "why/why_change.h"

/*
 * Whether the resource, "buildrequests/7", is there for who asks, and *view what else is not.
 * CI_ENOTFOUND, CI_EUNAUTHENTICATED, CI_EDENIED.
 */
CI_MUST_USE bool why_may_see(struct www *www, struct ci_tx *tx, const struct ci_request *request,
                             const char *resource, struct access_view *view, struct ci_err *err);

/* Builds of hidden builders lose their names: that something is in the way is told all the same. */
void why_seal(const struct access_view *view, void *mem, struct why_facts *facts);

/* Schedulers that are hidden go, and the numbers of buildsets that are. */
CI_MUST_USE bool why_change_seal(struct www *www, struct ci_tx *tx, const struct access_view *view,
                                 void *mem, struct why_change_facts *facts, struct ci_err *err);

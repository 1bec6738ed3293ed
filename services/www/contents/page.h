/* SPDX-License-Identifier: Apache-2.0 */
/* One call for everything that a page about a build shows. */
#pragma once

#include "access/identity.h"
#include "rest/resource.h"

/* Answers the build's page for who asks; CI_ENOTFOUND where there is none for them. */
CI_MUST_USE bool page_read(struct www *www, const struct ci_request *request,
                           const struct identity *who, int64_t buildid,
                           struct ci_response *response, struct ci_err *err);

/* The answer's JSON schema. New reference. */
json_t *page_schema(void *mem);

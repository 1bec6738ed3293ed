/* SPDX-License-Identifier: Apache-2.0 */
/* Where browsers are sent after a sign-in: always a place of our own pages. */
#pragma once

#include "www.h"

/* The configured URL, or "/" where the request was sent to another host; ends with "/". */
const char *redirect_base(struct www *www, const struct ci_request *request);

/*
 * "<base>#<place>", as Buildbot has it; what stands behind the "#" can't leave
 * the site. What a header must not hold is %XX. NULL or "": the base. In mem. Pure.
 */
const char *redirect_to(void *mem, const char *base, const char *place);

/* Answers 302 to there. */
void redirect_reply(const struct ci_request *request, struct ci_response *response,
                    const char *location);

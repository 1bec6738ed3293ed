/* SPDX-License-Identifier: Apache-2.0 */
/* Where the pages are, and what they are told at their beginning. */
#pragma once

#include "www.h"

/* The configured URL, else the one this request was sent to; ends with a slash. In mem. */
const char *page_base_url(const struct ci_config *config, const struct ci_request *request);

/* What /config answers. New reference. */
json_t *page_config(struct www *www, const struct ci_request *request);

/* Whether a page of a UI asks for page_config() to be written into it, as Buildbot's does. */
bool page_wants_config(struct ci_bytes page);

/* Writes it in; sets the headers that go with it. */
void page_inject(struct www *www, const struct ci_request *request, struct ci_bytes page,
                 struct ci_response *response);

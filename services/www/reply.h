/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as Buildbot's REST sends them: ASCII JSON with sorted keys, plain text for people. */
#pragma once

#include "shared/http.h"

/* Takes `body`. Compact application/json for who accepts that, else indented text/plain. */
/* Whether a program asks: compact JSON; people get it laid out. */
bool reply_is_compact(const struct ci_request *request);

/* The headers of reply_json(), for who writes the body himself. */
void reply_json_headers(const struct ci_request *request, struct ci_response *response);

void reply_json(const struct ci_request *request, struct ci_response *response, json_t *body);

/* {"error": text} as text/plain. Returns true: a handler's answer, not its failure. */
bool reply_error(const struct ci_request *request, struct ci_response *response, int status,
                 const char *fmt, ...) CI_PRINTF(4, 5);

/* Takes `body`: compact, application/json. */
void reply_compact(const struct ci_request *request, struct ci_response *response, int status,
                   json_t *body);

/* Takes `json`: compact ASCII text with sorted keys, in mem. */
const char *reply_text(void *mem, json_t *json);

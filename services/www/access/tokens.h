/* SPDX-License-Identifier: Apache-2.0 */
/* API tokens: "slp_" and 32 random bytes as URL-safe base64. Only their sha256 is stored. */
#pragma once

#include "shared/record.h"

#define TOKEN_PREFIX "slp_"
enum { TOKEN_LENGTH = 4 + 43 };

/* A row of rest_tokens. */
extern const struct ci_record token_record;

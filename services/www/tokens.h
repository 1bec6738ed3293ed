/* SPDX-License-Identifier: Apache-2.0 */
/* API tokens: "slp_" and 32 random bytes as URL-safe base64. Only their sha256 is stored. */
#pragma once

#define TOKEN_PREFIX "slp_"
enum { TOKEN_LENGTH = 4 + 43 };

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON that comes from outside. jansson recurses for every level, up
 * to 2048 of them, when it reads, writes and frees; on the small stack of an
 * HTTP thread that ends the process. Any thread.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

enum { CI_JSON_DEPTH = 100 }; /* levels of arrays and objects in one another, at most */

/*
 * As json_loadb(): a new reference that the caller owns, or NULL with the
 * reason in *why, which may be NULL. What nests too deep is refused unread.
 */
json_t *ci_json_read(const char *text, size_t len, size_t flags, json_error_t *why);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compact JSON text: that of json_dumps() with JSON_COMPACT, JSON_SORT_KEYS, JSON_ENSURE_ASCII and
 * JSON_ENCODE_ANY, in less than half of its time. jansson notes each array and object by its
 * address as text, so as to find circles, which nothing that we answer has.
 */
#pragma once

#include "shared/mem.h"

#include <jansson.h>

/* Adds the text of `json`, which holds no circle and may be NULL (null). Any thread. */
void json_text_add(struct ci_buf *out, const json_t *json);

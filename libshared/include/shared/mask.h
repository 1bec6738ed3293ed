/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hides the values of secrets in logs and texts: each becomes <NAME>. A value
 * is found as it is, in base64 (wherever it begins in the encoded text, both
 * alphabets; encoded alone also wrapped at 64 or 76 columns), percent-encoded,
 * escaped in JSON, in single quotes of a shell, and line by line. Pure.
 *
 * Of matches that begin at one byte the longest counts, one inside another
 * does not, and of two that overlap nothing remains: <A><B>.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

enum {
    /*
     * Bytes of the shortest value. With its base64 form, four characters: by
     * chance those occur once in 16 million places. With three it would be four
     * times in each MB of encoded text, and logs would become riddles.
     */
    CI_MASK_MIN = 4,
    CI_MASK_MAX = 64 * 1024, /* of the longest */
};

/* What to hide. Read-only, for any number of threads at once. */
struct ci_mask;

/*
 * secrets: {NAME: value}, borrowed for the call; NULL or {}: nothing is
 * hidden, which costs nothing. White space around a value does not count.
 * CI_EINVALID names a secret (never its value) that is too short or too long.
 */
CI_MUST_USE bool ci_mask_new(json_t *secrets, void *mem, const struct ci_mask **out,
                             struct ci_err *err);

/* True when there is nothing to hide; also for NULL, which all functions take as such. */
bool ci_mask_is_empty(const struct ci_mask *mask);

/* The text with nothing of a secret in it: `text` itself or a copy in mem. NULL gives NULL. */
const char *ci_mask_text(const struct ci_mask *mask, void *mem, const char *text);

/* Every string, key and number in it: `json` itself, or a new value that mem holds. */
json_t *ci_mask_json(const struct ci_mask *mask, void *mem, json_t *json);

/* One stream of bytes that comes in pieces of any size. One thread at a time. */
struct ci_mask_stream;
struct ci_mask_stream *ci_mask_stream_new(const struct ci_mask *mask, void *mem);

/*
 * The bytes that may go on: those of `in`, behind what was held back before.
 * It holds back the shortest tail that may be the beginning of a secret, in
 * most cases nothing. What it returns lies in mem or within `in`.
 */
struct ci_bytes ci_mask_feed(struct ci_mask_stream *stream, struct ci_bytes in, void *mem);

/* The end of the stream: what is held back, in mem. It may be fed anew after that. */
struct ci_bytes ci_mask_flush(struct ci_mask_stream *stream, void *mem);

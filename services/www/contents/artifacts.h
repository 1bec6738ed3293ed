/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What builds have left behind, as bytes. Nothing of it is trusted: it comes
 * with a type by its name, which browsers must not guess at, and no page of
 * it may act as one of ours.
 */
#pragma once

#include "shared/model.h"
#include "www.h"

/* The content of an artifact: whole, or the range that the request asks for. */
CI_MUST_USE bool artifact_file(struct www *www, const struct ci_request *request,
                               const struct ci_artifact *artifact, struct ci_response *response,
                               struct ci_err *err);
/* The bytes of build data. */
CI_MUST_USE bool artifact_value(struct www *www, const struct ci_request *request,
                                const struct ci_build_data *data, struct ci_response *response,
                                struct ci_err *err);

/* ---- artifact_range.c ---- */

enum artifact_range { ARTIFACT_WHOLE, ARTIFACT_PART, ARTIFACT_NO_PART };
struct artifact_part {
    int64_t offset, length;
};
/*
 * The part of `size` bytes that a Range header asks for. Several parts at once,
 * and what can't be read, are answered with the whole, as HTTP allows.
 */
enum artifact_range artifact_range(const char *header, int64_t size, struct artifact_part *out);
/* Whether one of the tags of If-None-Match is this one. */
bool artifact_tag_matches(const char *header, const char *tag);

/* The type of a file by its suffix; *inline_ is set when browsers may show it. */
const char *artifact_type(const char *name, bool *inline_);

/* SPDX-License-Identifier: Apache-2.0 */
/* The secrets that a build's texts name, read when it starts. Any thread. */
#pragma once

#include "shared/secrets.h"

/* Names, each once, in mem. */
struct ci_strs start_secret_names(const struct ci_builder *builder, void *mem);

/* The readers of one process: for the version of the configuration that was asked for last. */
struct start_secrets;
struct start_secrets *start_secrets_new(const char *directory);
void start_secrets_free(struct start_secrets *secrets); /* NULL-safe */

/*
 * {name: value} of those names, in mem. CI_ENOTFOUND, CI_EINVALID (no text,
 * or too short to mask) and CI_EDENIED: such a build can't start, and the
 * message says why without the value. CI_EUNAVAILABLE: try again later.
 */
CI_MUST_USE bool start_secrets_read(struct start_secrets *secrets, const struct ci_config *config,
                                    struct ci_strs names, void *mem, json_t **out,
                                    struct ci_err *err);

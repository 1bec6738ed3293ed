/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of slipway.yaml may be kept elsewhere: a secret by its name.
 * A part of shared/config.h: once parsed never changed, read by any thread.
 */
#pragma once

#include "shared/err.h"

/* A value that may be a literal, {secret: NAME} or {env: NAME}. */
enum ci_secret_kind { CI_SECRET_NONE, CI_SECRET_LITERAL, CI_SECRET_FILE, CI_SECRET_ENV };
struct ci_secret {
    enum ci_secret_kind kind;
    const char *value; /* the literal, or NAME */
};

/* Reads the value: a file NAME in secrets_dir (its text without the last newline) or getenv(NAME).
 */
CI_MUST_USE bool ci_secret_read(const struct ci_secret *secret, const char *secrets_dir, void *mem,
                                const char **out, struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the providers of secrets share; only secrets*.c and config_secret.c include this. */
#pragma once

#include "shared/secrets.h"

enum { SECRET_MAX = 64 << 10 }; /* bytes of a value */

/* ---- config_secret.c ---- */

/* The text of file `name` in dir, without its last newline. CI_ENOTFOUND, CI_EINVALID,
 * CI_EUNAVAILABLE (it is there and can't be read). */
CI_MUST_USE bool secret_read_file(const char *name, const char *dir, void *mem, const char **out,
                                  struct ci_err *err);

/* ---- secrets_vault.c ---- */

struct vault;

/* Copies `spec`; the secrets it names come from `dir` (borrowed, or NULL) and the environment. */
CI_MUST_USE bool vault_new(const struct ci_vault *spec, const char *dir, struct vault **out,
                           struct ci_err *err);
void vault_free(struct vault *vault); /* NULL-safe */
const char *vault_address(const struct vault *vault);
/* The value of a name `path|key`, in mem. Codes as of ci_secrets_get(). Any thread. */
CI_MUST_USE bool vault_get(struct vault *vault, const char *name, void *mem, const char **out,
                           struct ci_err *err);

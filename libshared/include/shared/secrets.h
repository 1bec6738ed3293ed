/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the values of {secret: NAME} and %(secret:NAME)s come from: a folder
 * of files, the environment, and HashiCorp Vault, asked in that order until
 * one knows the name. Any thread. No value is ever logged or part of an error.
 */
#pragma once

#include "shared/config.h"

/* Vault's KV engine. A token, or role_id and secret_id (AppRole). */
struct ci_vault {
    const char *address;                        /* "https://vault.acme.example:8200" */
    const char *mount;                          /* NULL: "secret" */
    int kv_version;                             /* 1 or 2; 0: 2 */
    struct ci_secret token, role_id, secret_id; /* from the folder or the environment */
    const char *namespace;                      /* of Vault Enterprise; or NULL */
    const char *ca_file;                        /* NULL: the system's certificates */
    const char *path_delimiter; /* between path and key in a name; NULL: "|". Key: "value" */
    struct ci_dur timeout;      /* of each request; 0 = 10 s */
};

struct ci_secrets_spec {
    const char *directory; /* a file each (SLIPWAY_SECRETS_DIR); NULL: none */
    const char
        *env_prefix; /* "SLIPWAY_SECRET_": github-hook is SLIPWAY_SECRET_GITHUB_HOOK; or NULL */
    const struct ci_vault *vault; /* or NULL */
    struct ci_dur cache_ttl;      /* of what Vault said; 0 = 60 s */
};

struct ci_secrets;

/* Copies what it needs of spec and asks nobody yet. CI_EINVALID: the Vault's settings are wrong. */
CI_MUST_USE bool ci_secrets_new(const struct ci_secrets_spec *spec, struct ci_secrets **out,
                                struct ci_err *err);
void ci_secrets_free(struct ci_secrets *secrets); /* NULL-safe */

/*
 * The value of that name, in mem, without its last newline. CI_ENOTFOUND
 * names the secret and who was asked; CI_EUNAVAILABLE: nobody before Vault has
 * it, and Vault can't be reached; CI_EDENIED: Vault refuses us; CI_EINVALID:
 * no name, or a value that is no text of at most 64 KiB.
 */
CI_MUST_USE bool ci_secrets_get(struct ci_secrets *secrets, const char *name, void *mem,
                                const char **value, struct ci_err *err);

/*
 * As above, for a value that goes into a build and must be masked in its logs:
 * one of fewer than CI_MASK_MIN characters is refused with CI_EINVALID, as
 * masking it would blot out the log, and leaving it would show it.
 */
CI_MUST_USE bool ci_secrets_for_build(struct ci_secrets *secrets, const char *name, void *mem,
                                      const char **value, struct ci_err *err);

/* Any value of the configuration: a literal, {env: NAME}, or {secret: NAME} by ci_secrets_get(). */
CI_MUST_USE bool ci_secrets_read(struct ci_secrets *secrets, const struct ci_secret *secret,
                                 void *mem, const char **value, struct ci_err *err);

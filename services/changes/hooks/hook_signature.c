/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and tokens of web hooks. */
#include "hooks/hook.h"

#include <gnutls/crypto.h>
#include <sodium.h>
#include <string.h>

enum { SHA1_BYTES = 20 };

bool hook_secret(const struct hook *hook, const char **out, struct ci_err *err)
{
    const struct ci_secret *secret = &hook->options->secret;
    const char *text = NULL;

    *out = NULL;
    if (secret->kind == CI_SECRET_NONE)
        return true;
    if (!ci_secret_read(secret, hook->secrets_dir, hook->request->mem, &text, err)) {
        err->code = CI_EUNAVAILABLE;
        return ci_fail_in(err, "the secret of this hook");
    }
    if (!*text) /* everybody could sign with it */
        return ci_fail(err, CI_EUNAVAILABLE, "the secret of this hook is empty");
    *out = text;
    return true;
}

static size_t hmac_sha256(struct ci_bytes body, const char *secret, unsigned char *out)
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, body.data ? body.data : "", body.len);
    crypto_auth_hmacsha256_final(&state, out);
    return crypto_auth_hmacsha256_BYTES;
}

/* 0 should the library refuse (FIPS mode): then nothing matches. */
static size_t hmac_sha1(struct ci_bytes body, const char *secret, unsigned char *out)
{
    return gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret, strlen(secret), body.data ? body.data : "",
                            body.len, out) == 0
               ? SHA1_BYTES
               : 0;
}

static bool check_hex(const char *hex, bool sha1, struct ci_bytes body, const char *secret,
                      struct ci_err *err)
{
    unsigned char expected[crypto_auth_hmacsha256_BYTES], given[crypto_auth_hmacsha256_BYTES];
    size_t size = sha1 ? hmac_sha1(body, secret, expected) : hmac_sha256(body, secret, expected),
           len = 0;

    if (size == 0 ||
        sodium_hex2bin(given, sizeof(given), hex, strlen(hex), NULL, &len, NULL) != 0 ||
        len != size || sodium_memcmp(given, expected, size) != 0)
        return ci_fail(err, CI_EINVALID, "Hash mismatch");
    return true;
}

/* "sha256=<hex>" */
static bool check_prefixed(const struct hook *hook, const char *signature, bool sha1,
                           const char *secret, struct ci_err *err)
{
    const char *name = sha1 ? "sha1" : "sha256", *equals = strchr(signature, '=');

    if (sha1 && !hook->options->sha1)
        return ci_fail(err, CI_EINVALID,
                       "Unknown hash type: sha1 (X-Hub-Signature-256 is asked for)");
    if (!equals)
        return ci_fail(err, CI_EINVALID, "Wrong signature format: %s", signature);
    if ((size_t)(equals - signature) != strlen(name) || memcmp(signature, name, strlen(name)) != 0)
        return ci_fail(err, CI_EINVALID, "Unknown hash type: %.*s", (int)(equals - signature),
                       signature);
    return check_hex(equals + 1, sha1, hook->request->raw, secret, err);
}

/* Of hashes, so that the length can't be told either. */
bool hook_same_secret(const char *a, const char *b)
{
    unsigned char x[crypto_generichash_BYTES], y[crypto_generichash_BYTES];

    crypto_generichash(x, sizeof(x), (const unsigned char *)a, strlen(a), NULL, 0);
    crypto_generichash(y, sizeof(y), (const unsigned char *)b, strlen(b), NULL, 0);
    return sodium_memcmp(x, y, sizeof(x)) == 0;
}

static bool check_proof(const struct hook *hook, const struct hook_proof *proof, const char *given,
                        const char *secret, struct ci_err *err)
{
    switch (proof->kind) {
    case HOOK_TOKEN:
        return hook_same_secret(given, secret) || ci_fail(err, CI_EINVALID, "Invalid secret");
    case HOOK_HEX:
        return check_hex(given, false, hook->request->raw, secret, err);
    case HOOK_SHA256:
    case HOOK_SHA1:
        return check_prefixed(hook, given, proof->kind == HOOK_SHA1, secret, err);
    }
    return false;
}

bool hook_prove(const struct hook *hook, const struct hook_dialect *dialect, const char *secret,
                bool *proven, struct ci_err *err)
{
    *proven = secret != NULL;
    if (!secret)
        return true;
    for (size_t i = 0; i < dialect->proof_count; i++) {
        const struct hook_proof *proof = &dialect->proofs[i];
        const char *given = ci_request_header(hook->request, proof->header);

        if (given)
            return check_proof(hook, proof, given, secret, err);
    }
    *proven = false;
    if (dialect->proof_count > 0 && dialect->proofs[0].kind == HOOK_TOKEN)
        return ci_fail(err, CI_EINVALID, "Invalid secret");
    return !hook->options->strict || ci_fail(err, CI_EINVALID, "Request has no required signature");
}

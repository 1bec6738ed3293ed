/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate and the key of a server that speaks TLS itself. */
#include "http_server.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { PEM_MAX = 256 << 10 };

static void close_file(FILE *const *file)
{
    if (*file)
        fclose(*file);
}

static bool read_pem(const char *path, const char *what, void *mem, char **out, struct ci_err *err)
{
    char *text = ci_mem_alloc(mem, PEM_MAX + 1);
    CI_CLEANUP(close_file)
    FILE *file = fopen(path, "re");

    if (!file)
        return ci_fail(err, CI_EINVALID, "could not read the TLS %s: %s: %s", what, path,
                       strerror(errno));
    size_t len = fread(text, 1, PEM_MAX, file);
    text[len] = '\0';
    if (ferror(file) || !feof(file) || strlen(text) != len || !strstr(text, "-----BEGIN "))
        return ci_fail(err, CI_EINVALID, "%s has no TLS %s in PEM", path, what);
    *out = text;
    return true;
}

bool ci_tls_read(const struct ci_server_options *options, void *mem, struct ci_tls *out,
                 struct ci_err *err)
{
    const char *certificate = options->tls_certificate, *key = options->tls_key;

    *out = (struct ci_tls){0};
    if (!certificate && !key)
        return true;
    if (!certificate || !key)
        return ci_fail(err, CI_EINVALID, "TLS takes both a certificate and a key");
    return read_pem(certificate, "certificate", mem, &out->certificate, err) &&
           read_pem(key, "key", mem, &out->key, err);
}

void ci_tls_forget(struct ci_tls *tls)
{
    if (tls->key)
        sodium_memzero(tls->key, strlen(tls->key));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Values that the file only names: secrets as files, and the environment. */
#include "secrets_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void close_file(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

bool secret_read_file(const char *name, const char *dir, void *mem, const char **out,
                      struct ci_err *err)
{
    CI_CLEANUP(close_file) FILE *file = NULL;
    char *text;
    size_t len;

    if (!dir)
        return ci_fail(err, CI_ENOTFOUND, "secret \"%s\": there is no secrets folder", name);
    if (!*name || *name == '.' || strchr(name, '/'))
        return ci_fail(err, CI_EINVALID, "secret \"%s\": not a name of a file", name);
    file = fopen(ci_mem_printf(mem, "%s/%s", dir, name), "rbe");
    if (!file)
        return ci_fail(err,
                       errno == ENOENT || errno == ENAMETOOLONG ? CI_ENOTFOUND : CI_EUNAVAILABLE,
                       "could not open secret \"%s\": %s", name, strerror(errno));
    text = ci_mem_alloc(mem, SECRET_MAX + 1);
    len = fread(text, 1, SECRET_MAX + 1, file);
    if (ferror(file))
        return ci_fail(err, CI_EUNAVAILABLE, "could not read secret \"%s\": %s", name,
                       strerror(errno));
    if (len > SECRET_MAX || memchr(text, '\0', len))
        return ci_fail(err, CI_EINVALID, "secret \"%s\" is no text of at most 64 KiB", name);
    if (len > 0 && text[len - 1] == '\n')
        len--;
    text[len] = '\0';
    *out = text;
    return true;
}

bool ci_secret_read(const struct ci_secret *secret, const char *secrets_dir, void *mem,
                    const char **out, struct ci_err *err)
{
    const char *value;

    switch (secret->kind) {
    case CI_SECRET_NONE:
        return ci_fail(err, CI_ENOTFOUND, "no value is configured");
    case CI_SECRET_LITERAL:
        *out = secret->value;
        return true;
    case CI_SECRET_FILE:
        return secret_read_file(secret->value, secrets_dir, mem, out, err);
    case CI_SECRET_ENV:
        value = getenv(secret->value);
        if (!value)
            return ci_fail(err, CI_ENOTFOUND, "environment variable \"%s\" is not set",
                           secret->value);
        *out = ci_mem_strdup(mem, value);
        return true;
    }
    return ci_fail(err, CI_EINTERNAL, "a secret of no kind");
}

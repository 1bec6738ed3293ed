/* SPDX-License-Identifier: Apache-2.0 */
/* Providers of secrets, asked in order: a folder of files, the environment, Vault. */
#include "secrets_internal.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/mask.h"

#include <ctype.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_MAX_BYTES = 512,
    CACHE_SECONDS = 60,
};

/* What Vault said, until `until`. */
struct cached {
    struct cached *next;
    char *name, *value;
    struct ci_mono until;
};

struct ci_secrets {
    char *directory, *env_prefix;
    struct vault *vault;
    struct ci_dur ttl;
    pthread_mutex_t lock;
    struct cached *cache; /* guarded by lock */
    bool warned;          /* guarded by lock */
};

static char *copy(const char *text)
{
    char *copied = text ? strdup(text) : NULL;

    if (text && !copied)
        abort();
    return copied;
}

bool ci_secrets_new(const struct ci_secrets_spec *spec, struct ci_secrets **out, struct ci_err *err)
{
    struct ci_secrets *secrets = calloc(1, sizeof(*secrets));

    if (!secrets)
        abort();
    pthread_mutex_init(&secrets->lock, NULL);
    secrets->directory = copy(spec->directory);
    secrets->env_prefix = copy(spec->env_prefix);
    secrets->ttl = spec->cache_ttl.us ? spec->cache_ttl : ci_seconds(CACHE_SECONDS);
    if (spec->vault && !vault_new(spec->vault, secrets->directory, &secrets->vault, err)) {
        ci_secrets_free(secrets);
        return false;
    }
    *out = secrets;
    return true;
}

static void forget(struct cached *entry)
{
    sodium_memzero(entry->value, strlen(entry->value));
    free(entry->value);
    free(entry->name);
    free(entry);
}

void ci_secrets_free(struct ci_secrets *secrets)
{
    if (!secrets)
        return;
    while (secrets->cache) {
        struct cached *entry = secrets->cache;

        secrets->cache = entry->next;
        forget(entry);
    }
    vault_free(secrets->vault);
    pthread_mutex_destroy(&secrets->lock);
    free(secrets->directory);
    free(secrets->env_prefix);
    free(secrets);
}

/* ---- the folder ---- */

/*
 * A file that everybody may read is worth a warning, the first of them. It is
 * no refusal: who mounts the folder may have no say in its modes. Kubernetes
 * never asks for one, and its mounts, known by their ..data, are private.
 */
static void warn_once(struct ci_secrets *secrets, const char *name, void *mem)
{
    struct stat st;
    bool first;

    if (stat(ci_mem_printf(mem, "%s/%s", secrets->directory, name), &st) < 0 ||
        !(st.st_mode & S_IROTH) ||
        access(ci_mem_printf(mem, "%s/..data", secrets->directory), F_OK) == 0)
        return;
    pthread_mutex_lock(&secrets->lock);
    first = !secrets->warned;
    secrets->warned = true;
    pthread_mutex_unlock(&secrets->lock);
    if (first)
        ci_log(CI_WARN, "secret.readable_by_all", ci_kv("folder", secrets->directory),
               ci_kv("name", name));
}

static bool from_folder(struct ci_secrets *secrets, const char *name, void *mem, const char **value,
                        struct ci_err *err)
{
    /* "path/to|key" is a name for Vault, which no file can have. */
    if (!secrets->directory || *name == '.' || strchr(name, '/'))
        return ci_fail(err, CI_ENOTFOUND, "no file \"%s\"", name);
    if (!secret_read_file(name, secrets->directory, mem, value, err))
        return false;
    warn_once(secrets, name, mem);
    return true;
}

/* ---- the environment ---- */

static const char *variable_of(const struct ci_secrets *secrets, const char *name, void *mem)
{
    char *variable = ci_mem_printf(mem, "%s%s", secrets->env_prefix, name);

    for (char *c = variable + strlen(secrets->env_prefix); *c; c++)
        *c = (char)(isalnum((unsigned char)*c) ? toupper((unsigned char)*c) : '_');
    return variable;
}

static bool from_environment(struct ci_secrets *secrets, const char *name, void *mem,
                             const char **value, struct ci_err *err)
{
    const char *variable, *found;
    size_t len;

    if (!secrets->env_prefix)
        return ci_fail(err, CI_ENOTFOUND, "the environment is not asked");
    variable = variable_of(secrets, name, mem);
    found = getenv(variable);
    if (!found)
        return ci_fail(err, CI_ENOTFOUND, "%s is not set", variable);
    len = strlen(found);
    if (len > SECRET_MAX)
        return ci_fail(err, CI_EINVALID, "secret \"%s\" is no text of at most 64 KiB", name);
    *value = ci_mem_strndup(mem, found, len && found[len - 1] == '\n' ? len - 1 : len);
    return true;
}

/* ---- Vault ---- */

/* The cached value, in mem, or NULL; drops whatever is too old. */
static const char *recall(struct ci_secrets *secrets, const char *name, struct ci_mono now,
                          void *mem)
{
    const char *value = NULL;
    struct cached **at = &secrets->cache;

    pthread_mutex_lock(&secrets->lock);
    while (*at) {
        struct cached *entry = *at;

        if (entry->until.us <= now.us) {
            *at = entry->next;
            forget(entry);
            continue;
        }
        if (strcmp(entry->name, name) == 0)
            value = ci_mem_strdup(mem, entry->value);
        at = &entry->next;
    }
    pthread_mutex_unlock(&secrets->lock);
    return value;
}

/* Two threads may have asked at once: the newer entry is found first, the other one grows old. */
static void remember(struct ci_secrets *secrets, const char *name, const char *value,
                     struct ci_mono now)
{
    struct cached *entry = calloc(1, sizeof(*entry));

    if (!entry)
        abort();
    *entry = (struct cached){
        .name = copy(name),
        .value = copy(value),
        .until = ci_mono_add(now, secrets->ttl),
    };
    pthread_mutex_lock(&secrets->lock);
    entry->next = secrets->cache;
    secrets->cache = entry;
    pthread_mutex_unlock(&secrets->lock);
}

static bool from_vault(struct ci_secrets *secrets, const char *name, void *mem, const char **value,
                       struct ci_err *err)
{
    struct ci_mono now = ci_mono_now();

    if (!secrets->vault)
        return ci_fail(err, CI_ENOTFOUND, "there is no Vault");
    *value = recall(secrets, name, now, mem);
    if (*value)
        return true;
    if (!vault_get(secrets->vault, name, mem, value, err))
        return false;
    remember(secrets, name, *value, now);
    return true;
}

/* ---- all of them ---- */

static bool check_name(const char *name, struct ci_err *err)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if (iscntrl((unsigned char)name[i]))
            return ci_fail(err, CI_EINVALID, "a secret's name has a control character");
    if (!len || len > NAME_MAX_BYTES || *name == '.')
        return ci_fail(err, CI_EINVALID, "\"%.200s\" is no name of a secret", name);
    return true;
}

static bool fail_unknown(const struct ci_secrets *secrets, const char *name, void *mem,
                         struct ci_err *err)
{
    struct ci_buf asked;

    ci_buf_init(&asked, mem);
    if (secrets->directory)
        ci_buf_printf(&asked, ", folder %s", secrets->directory);
    if (secrets->env_prefix)
        ci_buf_printf(&asked, ", variable %s", variable_of(secrets, name, mem));
    if (secrets->vault)
        ci_buf_printf(&asked, ", Vault %s", vault_address(secrets->vault));
    if (!asked.len)
        return ci_fail(err, CI_ENOTFOUND, "secret \"%s\": nobody provides secrets", name);
    return ci_fail(err, CI_ENOTFOUND, "secret \"%s\" is unknown (asked: %s)", name, asked.text + 2);
}

bool ci_secrets_get(struct ci_secrets *secrets, const char *name, void *mem, const char **value,
                    struct ci_err *err)
{
    static bool (*const providers[])(struct ci_secrets *, const char *, void *, const char **,
                                     struct ci_err *) = {from_folder, from_environment, from_vault};
    struct ci_err why;

    if (!check_name(name, err))
        return false;
    for (size_t i = 0; i < CI_COUNT(providers); i++) {
        if (providers[i](secrets, name, mem, value, &why))
            return true;
        if (why.code != CI_ENOTFOUND) {
            *err = why;
            return false;
        }
    }
    return fail_unknown(secrets, name, mem, err);
}

bool ci_secrets_for_build(struct ci_secrets *secrets, const char *name, void *mem,
                          const char **value, struct ci_err *err)
{
    const char *found, *end;

    if (!ci_secrets_get(secrets, name, mem, &found, err))
        return false;
    /* White space around a value is not masked (shared/mask.h) and so does not count. */
    end = found + strlen(found);
    while (end > found && isspace((unsigned char)end[-1]))
        end--;
    if (end - found - (ptrdiff_t)strspn(found, " \t\r\n\v\f") < CI_MASK_MIN)
        return ci_fail(err, CI_EINVALID,
                       "secret \"%s\" has fewer than %d characters, too few to mask in logs", name,
                       CI_MASK_MIN);
    *value = found;
    return true;
}

bool ci_secrets_read(struct ci_secrets *secrets, const struct ci_secret *secret, void *mem,
                     const char **value, struct ci_err *err)
{
    if (secret->kind == CI_SECRET_FILE)
        return ci_secrets_get(secrets, secret->value, mem, value, err);
    return ci_secret_read(secret, NULL, mem, value, err);
}

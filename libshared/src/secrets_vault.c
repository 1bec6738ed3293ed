/* SPDX-License-Identifier: Apache-2.0 */
/* HashiCorp Vault: a token, kept alive or made by AppRole, and values of the KV engines v1, v2. */
#include "secrets_internal.h"
#include "shared/clock.h"
#include "shared/http_client.h"

#include <ctype.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_SECONDS = 10, REPLY_MAX = 4 << 20, PATH_MAX_BYTES = 512 };

struct vault {
    struct ci_vault spec; /* its texts in mem */
    void *mem;
    const char *dir;
    pthread_mutex_t lock;
    pthread_cond_t done; /* with lock: somebody has come back with a token, or without */
    bool fetching;       /* guarded by lock: one thread sees to the token, the others wait */
    char *token;         /* guarded by lock; NULL: none yet */
    bool renewable;      /* guarded by lock */
    struct ci_mono due;  /* guarded by lock: when to renew it; 0: never */
};

/* A token and what Vault says of it, in somebody's mem. */
struct grant {
    const char *token;
    bool renewable;
    int64_t seconds; /* that it lives; 0: for ever */
};

/* ---- opening ---- */

static const char *without_slashes(void *mem, const char *text)
{
    size_t len;

    while (*text == '/')
        text++;
    len = strlen(text);
    while (len && text[len - 1] == '/')
        len--;
    return ci_mem_strndup(mem, text, len);
}

/* It becomes part of a path: no segment may be empty or lead elsewhere. */
static bool is_path(const char *text)
{
    for (const char *c = text;; c++) {
        size_t len = strcspn(c, "/");

        if (len == 0 || (len <= 2 && strncmp(c, "..", len) == 0))
            return false;
        c += len;
        if (!*c)
            return strlen(text) <= PATH_MAX_BYTES;
    }
}

static bool check_spec(const struct ci_vault *spec, struct ci_err *err)
{
    bool role = spec->role_id.kind && spec->secret_id.kind;

    if (strncmp(spec->address, "http://", 7) != 0 && strncmp(spec->address, "https://", 8) != 0)
        return ci_fail(err, CI_EINVALID, "\"%s\" is no address of a Vault", spec->address);
    if (!is_path(spec->mount))
        return ci_fail(err, CI_EINVALID, "\"%s\" is no mount of a Vault", spec->mount);
    if (spec->kv_version != 1 && spec->kv_version != 2)
        return ci_fail(err, CI_EINVALID, "Vault has KV versions 1 and 2, not %d", spec->kv_version);
    if (!spec->token.kind && !role)
        return ci_fail(err, CI_EINVALID, "Vault needs a token, or a role_id and a secret_id");
    if (!*spec->path_delimiter)
        return ci_fail(err, CI_EINVALID, "Vault's path delimiter is empty");
    return true;
}

static struct ci_secret copy_secret(void *mem, struct ci_secret secret)
{
    secret.value = ci_mem_strdup(mem, secret.value);
    return secret;
}

static void copy_spec(struct ci_vault *to, const struct ci_vault *from, void *mem)
{
    *to = (struct ci_vault){
        .address = without_slashes(mem, from->address ? from->address : ""),
        .mount = without_slashes(mem, from->mount ? from->mount : "secret"),
        .kv_version = from->kv_version ? from->kv_version : 2,
        .token = copy_secret(mem, from->token),
        .role_id = copy_secret(mem, from->role_id),
        .secret_id = copy_secret(mem, from->secret_id),
        .namespace = ci_mem_strdup(mem, from->namespace),
        .ca_file = ci_mem_strdup(mem, from->ca_file),
        .path_delimiter = ci_mem_strdup(mem, from->path_delimiter ? from->path_delimiter : "|"),
        .timeout = from->timeout.us ? from->timeout : ci_seconds(TIMEOUT_SECONDS),
    };
}

bool vault_new(const struct ci_vault *spec, const char *dir, struct vault **out, struct ci_err *err)
{
    struct vault *vault = calloc(1, sizeof(*vault));

    if (!vault)
        abort();
    vault->mem = ci_mem_new();
    vault->dir = dir;
    pthread_mutex_init(&vault->lock, NULL);
    pthread_cond_init(&vault->done, NULL);
    copy_spec(&vault->spec, spec, vault->mem);
    if (!check_spec(&vault->spec, err)) {
        vault_free(vault);
        return false;
    }
    *out = vault;
    return true;
}

static void drop_token(struct vault *vault)
{
    if (vault->token)
        sodium_memzero(vault->token, strlen(vault->token));
    free(CI_STEAL(vault->token));
}

void vault_free(struct vault *vault)
{
    if (!vault)
        return;
    drop_token(vault);
    pthread_cond_destroy(&vault->done);
    pthread_mutex_destroy(&vault->lock);
    ci_mem_free(vault->mem);
    free(vault);
}

const char *vault_address(const struct vault *vault)
{
    return vault->spec.address;
}

/* ---- one request ---- */

static void close_client(struct ci_client **client)
{
    ci_client_close(*client);
}

/*
 * POST with a body (stolen), else GET. True whatever the status, but for those
 * that say that Vault can't answer now: sealed, on standby, overloaded.
 */
static bool ask(struct vault *vault, const char *path, const char *token, json_t *body, void *mem,
                struct ci_reply *reply, struct ci_err *err)
{
    CI_CLEANUP(close_client) struct ci_client *client = NULL;
    struct ci_client_options options = {.user_agent = "slipway/" SLIPWAY_VERSION,
                                        .connect_timeout = vault->spec.timeout,
                                        .ca_file = vault->spec.ca_file};
    struct ci_pair headers[3] = {
        {"X-Vault-Request", "true"}
    };
    struct ci_call call = {
        .method = body ? "POST" : "GET",
        .url = ci_mem_printf(mem, "%s/v1/%s", vault->spec.address, ci_url_encode(mem, path, true)),
        .headers = {headers, 1},
        .json = body ? ci_mem_json(mem, body) : NULL,
        .timeout = vault->spec.timeout,
        .max_reply = REPLY_MAX,
    };

    if (token)
        headers[call.headers.count++] = (struct ci_pair){"X-Vault-Token", token};
    if (vault->spec.namespace)
        headers[call.headers.count++] =
            (struct ci_pair){"X-Vault-Namespace", vault->spec.namespace};
    if (!ci_client_open(&options, &client, err) || !ci_client_call(client, &call, mem, reply, err))
        return false;
    if (reply->status == 429 || reply->status >= 500 || reply->status / 100 == 3)
        return ci_fail(err, CI_EUNAVAILABLE, "Vault %s answered %d", vault->spec.address,
                       reply->status);
    return true;
}

/* ---- the token ---- */

/* What Vault must know of us. That it is not there says nothing about the secret asked for. */
static bool read_own(struct vault *vault, const char *what, const struct ci_secret *secret,
                     void *mem, const char **out, struct ci_err *err)
{
    if (!ci_secret_read(secret, vault->dir, mem, out, err)) {
        err->code = CI_EUNAVAILABLE;
        return ci_fail_in(err, "%s for Vault %s", what, vault->spec.address);
    }
    for (const char *c = *out; *c; c++)
        if (iscntrl((unsigned char)*c))
            return ci_fail(err, CI_EUNAVAILABLE, "%s for Vault %s has a control character", what,
                           vault->spec.address);
    return true;
}

static bool log_in(struct vault *vault, void *mem, struct grant *out, struct ci_err *err)
{
    const char *role, *secret;
    struct ci_reply reply = {0};
    json_t *auth;

    if (!read_own(vault, "the role_id", &vault->spec.role_id, mem, &role, err) ||
        !read_own(vault, "the secret_id", &vault->spec.secret_id, mem, &secret, err) ||
        !ask(vault, "auth/approle/login", NULL,
             json_pack("{s:s, s:s}", "role_id", role, "secret_id", secret), mem, &reply, err))
        return false;
    auth = json_object_get(reply.json, "auth");
    *out = (struct grant){
        .token = json_string_value(json_object_get(auth, "client_token")),
        .renewable = json_is_true(json_object_get(auth, "renewable")),
        .seconds = json_integer_value(json_object_get(auth, "lease_duration")),
    };
    if (reply.status >= 400 || !out->token)
        return ci_fail(err, CI_EDENIED, "Vault %s refuses the role_id or secret_id (%d)",
                       vault->spec.address, reply.status);
    return true;
}

/* The token that we were given. One that may not look itself up is taken for one that stays. */
static bool look_up(struct vault *vault, void *mem, struct grant *out, struct ci_err *err)
{
    struct ci_reply reply = {0};
    json_t *data;

    *out = (struct grant){0};
    if (!read_own(vault, "the token", &vault->spec.token, mem, &out->token, err) ||
        !ask(vault, "auth/token/lookup-self", out->token, NULL, mem, &reply, err))
        return false;
    data = json_object_get(reply.json, "data");
    out->renewable = json_is_true(json_object_get(data, "renewable"));
    out->seconds = json_integer_value(json_object_get(data, "ttl"));
    return true;
}

static bool renew(struct vault *vault, const char *token, void *mem, struct grant *out)
{
    struct ci_reply reply = {0};
    struct ci_err why; /* a token of the long way round is as good, or says why there is none */
    json_t *auth;

    if (!ask(vault, "auth/token/renew-self", token, json_object(), mem, &reply, &why) ||
        reply.status >= 400)
        return false;
    auth = json_object_get(reply.json, "auth");
    *out = (struct grant){
        .token = token,
        .renewable = json_is_true(json_object_get(auth, "renewable")),
        .seconds = json_integer_value(json_object_get(auth, "lease_duration")),
    };
    return true;
}

/* Keeps it, to be seen to again at half its life. With the lock. */
static void keep(struct vault *vault, const struct grant *grant)
{
    char *token = strdup(grant->token);

    if (!token)
        abort();
    drop_token(vault);
    vault->token = token;
    vault->renewable = grant->renewable;
    vault->due = (struct ci_mono){0};
    if (grant->seconds > 0)
        vault->due = ci_mono_add(ci_mono_now(), ci_millis(grant->seconds * 500));
}

static bool fetch(struct vault *vault, const char *old, bool renewable, void *mem,
                  struct grant *out, struct ci_err *err)
{
    if (old && renewable && renew(vault, old, mem, out))
        return true;
    return vault->spec.token.kind ? look_up(vault, mem, out, err) : log_in(vault, mem, out, err);
}

/*
 * A token that is not `refused` (NULL: any), in mem. One thread at a time
 * fetches one, as a secret_id may be good for few logins; no lock is held
 * meanwhile.
 */
static bool take_token(struct vault *vault, const char *refused, void *mem, const char **out,
                       struct ci_err *err)
{
    struct grant grant;
    const char *old;
    bool fine, good, renewable;

    pthread_mutex_lock(&vault->lock);
    while (vault->fetching)
        pthread_cond_wait(&vault->done, &vault->lock);
    good = vault->token && !(refused && strcmp(refused, vault->token) == 0);
    if (good && (!vault->due.us || ci_mono_now().us < vault->due.us)) {
        *out = ci_mem_strdup(mem, vault->token);
        pthread_mutex_unlock(&vault->lock);
        return true;
    }
    vault->fetching = true;
    old = good ? ci_mem_strdup(mem, vault->token) : NULL;
    renewable = vault->renewable;
    pthread_mutex_unlock(&vault->lock);

    fine = fetch(vault, old, renewable, mem, &grant, err);

    pthread_mutex_lock(&vault->lock);
    if (fine)
        keep(vault, &grant);
    vault->fetching = false;
    pthread_cond_broadcast(&vault->done);
    pthread_mutex_unlock(&vault->lock);
    if (fine)
        *out = grant.token;
    return fine;
}

/* ---- values ---- */

/* Splits `path|key` at its last delimiter, as Buildbot does; the key is "value" without one. */
static bool split(const struct vault *vault, const char *name, void *mem, const char **path,
                  const char **key, struct ci_err *err)
{
    const char *delimiter = vault->spec.path_delimiter, *at = NULL;

    for (const char *c = strstr(name, delimiter); c; c = strstr(c + 1, delimiter))
        at = c;
    *path = at ? ci_mem_strndup(mem, name, (size_t)(at - name)) : name;
    *key = at ? at + strlen(delimiter) : "value";
    if (!is_path(*path) || !**key)
        return ci_fail(err, CI_EINVALID, "secret \"%s\" is no path and key of a Vault", name);
    return true;
}

/* The text of a string, number or boolean, in mem; NULL for other values, and for one with NULs. */
static const char *text_of(json_t *json, void *mem)
{
    const char *text = json_string_value(json);
    char *dumped;

    if (text)
        return strlen(text) == json_string_length(json) ? text : NULL;
    if (!json_is_number(json) && !json_is_boolean(json))
        return NULL;
    dumped = json_dumps(json, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (!dumped)
        abort();
    text = ci_mem_strdup(mem, dumped);
    free(dumped);
    return text;
}

static bool take_value(json_t *json, const char *name, void *mem, const char **out,
                       struct ci_err *err)
{
    const char *text = text_of(json, mem);
    size_t len = text ? strlen(text) : 0;

    if (!text || len > SECRET_MAX)
        return ci_fail(err, CI_EINVALID, "secret \"%s\" is no text of at most 64 KiB", name);
    *out = ci_mem_strndup(mem, text, len && text[len - 1] == '\n' ? len - 1 : len);
    return true;
}

/* Asks with the token we have, and when that is refused, once more with a new one. */
static bool read_path(struct vault *vault, const char *path, void *mem, struct ci_reply *reply,
                      struct ci_err *err)
{
    const char *token = NULL;

    if (!take_token(vault, NULL, mem, &token, err) ||
        !ask(vault, path, token, NULL, mem, reply, err))
        return false;
    if (reply->status != 403)
        return true;
    return take_token(vault, token, mem, &token, err) &&
           ask(vault, path, token, NULL, mem, reply, err);
}

bool vault_get(struct vault *vault, const char *name, void *mem, const char **out,
               struct ci_err *err)
{
    const char *path, *key, *address = vault->spec.address;
    struct ci_reply reply = {0};
    json_t *data, *value;

    if (!split(vault, name, mem, &path, &key, err))
        return false;
    path = ci_mem_printf(mem, "%s/%s%s", vault->spec.mount,
                         vault->spec.kv_version == 2 ? "data/" : "", path);
    if (!read_path(vault, path, mem, &reply, err))
        return ci_fail_in(err, "secret \"%s\"", name);
    if (reply.status == 403)
        return ci_fail(err, CI_EDENIED, "Vault %s denies secret \"%s\"", address, name);
    if (reply.status >= 400 && reply.status != 404)
        return ci_fail(err, CI_EINVALID, "Vault %s answered %d for secret \"%s\"", address,
                       reply.status, name);
    /* A deleted version is a 404 with data that is null. */
    data = json_object_get(reply.json, "data");
    if (vault->spec.kv_version == 2)
        data = json_object_get(data, "data");
    value = json_object_get(data, key);
    if (reply.status == 404 || !value)
        return ci_fail(err, CI_ENOTFOUND, "Vault %s has no secret \"%s\"", address, name);
    return take_value(value, name, mem, out, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One request to an S3 store: signed, over a pooled connection, and again when that may help. */
#include "s3_internal.h"
#include "shared/clock.h"

#include <poll.h>
#include <sodium.h>
#include <string.h>

enum {
    TRIES = 4,
    FIRST_PAUSE_MS = 100, /* then four times as long each time: 0.1, 0.4, 1.6 s, and a jitter */
    ABORT_POLL_MS = 50,
};

/* ---- connections ---- */

static bool take_client(struct ci_s3 *s3, struct ci_client **out, struct ci_err *err)
{
    struct ci_client_options options = {.user_agent = "slipway/" SLIPWAY_VERSION,
                                        .ca_file = s3->options.ca_file};

    *out = NULL;
    pthread_mutex_lock(&s3->lock);
    if (s3->idle_count)
        *out = s3->idle[--s3->idle_count];
    pthread_mutex_unlock(&s3->lock);
    return *out || ci_client_open(&options, out, err);
}

static void give_client(struct ci_s3 *s3, struct ci_client *client)
{
    pthread_mutex_lock(&s3->lock);
    if (s3->idle_count < S3_IDLE_CLIENTS)
        s3->idle[s3->idle_count++] = CI_STEAL(client);
    pthread_mutex_unlock(&s3->lock);
    ci_client_close(client);
}

/* ---- one request ---- */

static const char *url_of(const struct ci_s3 *s3, const struct s3_request *request, void *mem)
{
    return ci_mem_printf(mem, "%s%s%s%s", s3->base, ci_url_encode(mem, request->key, true),
                         request->query ? "?" : "", request->query ? request->query : "");
}

/* A key that can't be read says nothing about the object: it is the store that can't be used. */
static bool read_key(struct ci_s3 *s3, const char *what, const struct ci_secret *secret, void *mem,
                     const char **out, struct ci_err *err)
{
    const struct ci_s3_options *o = &s3->options;
    bool fine = o->secrets ? ci_secrets_read(o->secrets, secret, mem, out, err)
                           : ci_secret_read(secret, NULL, mem, out, err);

    if (fine)
        return true;
    err->code = CI_EUNAVAILABLE;
    return ci_fail_in(err, "%s of the S3 store %s", what, o->endpoint);
}

static bool ask_once(struct ci_s3 *s3, const struct s3_request *request, void *mem,
                     struct ci_reply *reply, struct ci_err *err)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[sizeof(hash) * 2 + 1];
    /* S3 wants the body's hash, which libcurl 7.88 signs by but does not send: it takes ours. */
    struct ci_pair headers[2] = {
        {"x-amz-content-sha256", hex           },
        {"Range",                request->range}
    };
    struct ci_call call = {
        .method = request->method,
        .url = url_of(s3, request, mem),
        .headers = {headers, request->range ? 2 : 1},
        .body = request->body,
        .content_type = request->content_type,
        .sigv4 = s3->sigv4,
        .timeout = s3->options.timeout,
        .max_reply = CI_S3_MAX,
        .abort = s3->options.abort,
    };
    struct ci_client *client = NULL;
    bool fine;

    crypto_hash_sha256(hash, request->body.data, request->body.len);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    if (!read_key(s3, "the access key", &s3->options.access_key, mem, &call.basic_user, err) ||
        !read_key(s3, "the secret key", &s3->options.secret_key, mem, &call.basic_password, err) ||
        !take_client(s3, &client, err))
        return false;
    fine = ci_client_call(client, &call, mem, reply, err);
    give_client(s3, client);
    return fine;
}

/* ---- again, when that may help ---- */

static bool is_aborted(const struct ci_s3 *s3)
{
    return s3->options.abort && __atomic_load_n(s3->options.abort, __ATOMIC_RELAXED);
}

/* Waits before try `n` (from 1); false when the caller gave up meanwhile. */
static bool pause_before(const struct ci_s3 *s3, int n)
{
    int64_t ms = FIRST_PAUSE_MS * (INT64_C(1) << (2 * (n - 1)));
    /* Many clients that failed at once had better not come back at once. */
    int64_t jitter = ms / 2 + (int64_t)randombytes_uniform((uint32_t)ms);
    struct ci_mono until = ci_mono_add(ci_mono_now(), ci_millis(jitter));

    for (;;) {
        int64_t left = ci_mono_since(until, ci_mono_now()).us / 1000;

        if (is_aborted(s3))
            return false;
        if (left <= 0)
            return true;
        poll(NULL, 0, (int)(left < ABORT_POLL_MS ? left : ABORT_POLL_MS));
    }
}

static bool is_temporary(int status)
{
    return status == 429 || status >= 500;
}

bool s3_fail_at(const struct ci_s3 *s3, const struct s3_request *request, struct ci_err *err)
{
    return ci_fail_in(err, "S3 store %s, bucket \"%s\", key \"%.200s\"", s3->options.endpoint,
                      s3->options.bucket, request->key);
}

static enum ci_errc code_of(int status, const char *code)
{
    if (is_temporary(status))
        return CI_EUNAVAILABLE;
    if (status == 401 || status == 403)
        return CI_EDENIED;
    /* Without its bucket the store as a whole is not there; that is not an object that is gone. */
    if (status == 404)
        return code && strcmp(code, "NoSuchBucket") == 0 ? CI_EUNAVAILABLE : CI_ENOTFOUND;
    return CI_EINVALID;
}

static bool fail_status(const struct ci_s3 *s3, const struct s3_request *request,
                        const struct ci_reply *reply, void *mem, struct ci_err *err)
{
    const char *code = s3_error_code(reply->body, mem);

    ci_fail(err, code_of(reply->status, code), "%s was answered %d%s%s", request->method,
            reply->status, code ? " " : "", code ? code : "");
    return s3_fail_at(s3, request, err);
}

bool s3_ask(struct ci_s3 *s3, const struct s3_request *request, void *mem, struct ci_reply *reply,
            struct ci_err *err)
{
    struct ci_mono last = ci_mono_add(ci_mono_now(), s3->options.timeout);

    for (int n = 1;; n++) {
        CI_AUTO_MEM attempt = ci_mem_new();
        bool answered = ask_once(s3, request, attempt, reply, err);

        if (answered && (reply->status < 300 || reply->status == 416)) {
            talloc_steal(mem, CI_STEAL(attempt));
            return true;
        }
        if (answered)
            fail_status(s3, request, reply, attempt, err);
        else
            s3_fail_at(s3, request, err);
        if (err->code != CI_EUNAVAILABLE || (answered && !is_temporary(reply->status)) ||
            n == TRIES || ci_mono_now().us >= last.us || !pause_before(s3, n))
            return false;
    }
}

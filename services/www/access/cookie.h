/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session cookie: a random name of the session and its HMAC under a key that
 * the replicas share (table server_keys), so that a forged cookie costs no look-up.
 * A session begun with the admin token is bound to that token as well: with a new
 * one it is over. Also the one form of our other secrets' random texts and hashes.
 */
#pragma once

#include "shared/db.h"

#include <pthread.h>

#define COOKIE_NAME "slipway_session"
enum { COOKIE_KEY = 32, SECRET_BYTES = 32 };

struct cookie_key {
    pthread_mutex_t lock;
    bool there;
    unsigned char bytes[COOKIE_KEY]; /* guarded by lock until `there` */
};

void cookie_key_init(struct cookie_key *key);
void cookie_key_release(struct cookie_key *key);

/* The key's bytes, read from the database the first time, made there when it has none. Any thread.
 */
CI_MUST_USE bool cookie_key_get(struct cookie_key *key, struct ci_db *db, const unsigned char **out,
                                struct ci_err *err);

/* A new session's name. In mem. */
const char *cookie_session_new(bool admin, void *mem);
bool cookie_session_is_admin(const char *session);

/* The cookie's value for a session; `admin_token` may be NULL. In mem. Pure. */
const char *cookie_sign(const unsigned char *key, const char *session, const char *admin_token,
                        void *mem);

/* The session that a cookie's value names; NULL when its signature is wrong. In mem. Pure. */
const char *cookie_verify(const unsigned char *key, const char *value, const char *admin_token,
                          void *mem);

/* SECRET_BYTES random ones as URL-safe base64 (43 characters). In mem. */
const char *secret_new(void *mem);
/* sha256 of a text. In mem. */
struct ci_bytes secret_hash(void *mem, const char *text);
/* Whether two texts are the same, told in a time that says nothing about either. */
bool secret_same(const char *a, const char *b);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the service's parts share: its state, and the handlers of the route table. */
#pragma once

#include "access/audit.h"
#include "access/bearers.h"
#include "access/cookie.h"
#include "accounts/discovery.h"
#include "accounts/password.h"
#include "accounts/throttle.h"
#include "settings.h"

struct feed;
struct replicas;
struct hub;
struct limits;
struct watches;
struct forwarders;
struct ci_depot;

struct www {
    struct ci_app *app;
    const struct settings *settings;
    struct hub *hub;
    struct limits *limits;   /* has its own lock */
    struct feed *feed;       /* where its events come from */
    struct watches *watches; /* who listens */
    struct replicas *replicas;
    struct forwarders *forwarders;
    struct ci_depot *depot;   /* where artifacts lie */
    struct throttle throttle; /* has its own lock, like the next five */
    struct passwords passwords;
    struct bearers bearers;
    struct cookie_key cookie_key;
    struct audit_limit audit_limit;
    struct discoveries discoveries;
    struct ci_networks proxy_trust; /* whose header names the user; in this struct's mem */
    const char *ui_dir;             /* NULL: no UI was found */
};

/* The state that start() made; handlers get the struct ci_app. */
static inline struct www *www_of(void *service)
{
    return ((struct ci_app *)service)->state;
}

extern const struct ci_loop www_loops[];
extern const size_t www_loop_count;

bool www_start(struct ci_app *app, struct ci_err *err);
void www_stop(struct ci_app *app);

ci_authenticate www_authenticate;

ci_handler auth_login, auth_login_get, auth_callback, auth_logout, auth_logout_get;
/*
 * Whether it is a local user's password; fills *out. CI_EUNAUTHENTICATED: it is wrong, which is
 * counted against client and user and recorded; or either is shut out for *wait seconds, for
 * signin_shut_out(). CI_EUNAVAILABLE: too many ask at once.
 */
CI_MUST_USE bool auth_password(struct www *www, const struct ci_request *request,
                               const char *username, const char *password, struct identity *out,
                               int *wait, struct ci_err *err);
ci_handler me_get, me_password, tokens_own;
ci_handler users_create, users_update, tokens_create, tokens_revoke;
ci_handler front_config, front_api;
ci_handler badge_get, cctray_get, avatar_get, robots_get;
ci_handler rest_get, rest_options, rest_method;
ci_handler spec_get, openapi_get, search_get;
ci_handler control_post;
ci_handler config_list, config_current, config_one, config_post, config_rollback, config_diff;
ci_handler socket_get;
ci_handler sse_get;
ci_handler events_get;
ci_handler forward_hook;
ci_handler static_get;

/* Whether a client may ask now; else the answer is 429 (limits.c). */
bool www_admit(void *service, const struct ci_route *route, const struct ci_request *request,
               struct ci_response *response);
extern const struct ci_default_header www_headers[];

extern const struct ci_route www_routes[];
extern const size_t www_route_count;

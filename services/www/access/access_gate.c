/* SPDX-License-Identifier: Apache-2.0 */
/* The doors: what a route asks for before its handler runs, and what handlers ask for themselves.
 */
#include "access/access.h"
#include "rest/rest.h"

#include <string.h>

/* What the audit log calls the resource: its path below the API, or the whole path. */
static const char *target_of(const struct ci_request *request)
{
    const char *path = rest_path_of(request);

    return path ? path : request->path + (*request->path == '/');
}

/* What strangers may not look at is no news. */
static void record(struct www *www, const struct ci_request *request, const struct identity *who,
                   enum ci_action action, const struct ci_err *err)
{
    bool looks = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

    if (who->kind != IDENTITY_ANONYMOUS || !looks)
        audit_refused(www, request, who, ci_action_names[action], target_of(request), err->msg);
}

/* Wrong tokens are counted; whom a listener's request spoke for is asked again by watch.c. */
static bool find(struct www *www, const struct ci_request *request, const struct identity **who,
                 struct ci_err *err)
{
    bool found = identity_of(www, request, who, err);

    if (found || err->code == CI_EUNAUTHENTICATED)
        bearers_judged(www, request, found);
    return found;
}

bool access_identity(struct www *www, const struct ci_request *request, const struct identity **who,
                     struct ci_err *err)
{
    if (!request->who.identity)
        return find(www, request, who, err);
    *who = request->who.identity;
    return true;
}

bool access_check_as(struct www *www, const struct ci_request *request, const struct identity *who,
                     enum ci_action action, const struct access_target *target, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);

    if (action == CI_ACTION_READ && !target ? access_reads(config, who, err)
                                            : access_allowed(config, who, action, target, err))
        return true;
    record(www, request, who, action, err);
    return false;
}

bool access_check(struct www *www, const struct ci_request *request, enum ci_action action,
                  const struct access_target *target, const struct identity **who,
                  struct ci_err *err)
{
    return access_identity(www, request, who, err) &&
           access_check_as(www, request, *who, action, target, err);
}

/* Whether `who` may pass a route of that role; what the handler does has rules of its own. */
static bool may_pass(struct www *www, const struct identity *who, enum ci_role needed,
                     struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);

    switch (needed) {
    case CI_ROLE_PUBLIC:
        return true;
    case CI_ROLE_READER:
        return access_reads(config, who, err);
    case CI_ROLE_USER:
        return who->kind != IDENTITY_ANONYMOUS ||
               ci_fail(err, CI_EUNAUTHENTICATED, "you need to sign in");
    case CI_ROLE_ADMIN:
        return access_is_admin(config, who, err);
    case CI_ROLE_AGENT:
        return ci_fail(err, CI_EDENIED, "agents are served by the builder");
    }
    return ci_fail(err, CI_EINTERNAL, "a route without a role");
}

bool www_authenticate(void *service, const struct ci_request *request, enum ci_role needed,
                      struct ci_principal *out, struct ci_err *err)
{
    struct www *www = www_of(service);
    const struct identity *who;

    if (!find(www, request, &who, err))
        return false;
    if (!may_pass(www, who, needed, err)) {
        record(www, request, who, needed == CI_ROLE_READER ? CI_ACTION_READ : CI_ACTION_CONFIG,
               err);
        return false;
    }
    *out = (struct ci_principal){
        .role = needed,
        .name = who->kind == IDENTITY_ANONYMOUS ? NULL : who->username,
        .identity = who,
    };
    return true;
}

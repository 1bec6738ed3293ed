/* SPDX-License-Identifier: Apache-2.0 */
/* POST /agent/v1/session, and everything that depends on it. */
#include "session.h"

#include "shared/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { SESSION_SECONDS = 30, CONNECT_SECONDS = 5 };

static json_t *describe(const struct settings *settings)
{
    struct utsname system = {0};
    char host[256] = "";
    json_t *body;

    uname(&system);
    (void)!gethostname(host, sizeof(host) - 1);
    body = json_pack("{s:s, s:i, s:O, s:{s:s, s:s, s:s, s:s, s:s, s:i}}", "name", settings->name,
                     "slots", settings->slots, "labels", settings->label_object, "info", "admin",
                     settings->admin ? settings->admin : "", "host", host, "access_uri", "",
                     "version", SLIPWAY_VERSION, "system", system.sysname, "numcpus",
                     (int)sysconf(_SC_NPROCESSORS_ONLN));
    return body ? body
                : json_object(); /* a name that is no UTF-8: the server says what it misses */
}

struct ci_client *session_client(void)
{
    static const struct ci_client_options options = {
        .user_agent = "slipway-agent/" SLIPWAY_VERSION,
        .connect_timeout = {CONNECT_SECONDS * 1000000},
    };
    struct ci_client *client;
    struct ci_err err;

    if (!ci_client_open(&options, &client, &err))
        abort(); /* no memory */
    return client;
}

const char *session_error(const struct ci_reply *reply, void *mem)
{
    const char *text = json_string_value(json_object_get(reply->json, "error"));

    return text ? text : ci_mem_printf(mem, "status %d", reply->status);
}

static void keep(struct agent *agent, const char *token, int heartbeat)
{
    agent_lock(agent);
    free(agent->session);
    agent->session = strdup(token);
    if (heartbeat > 0)
        agent->heartbeat = heartbeat;
    agent->environments_changed = true;
    pthread_cond_broadcast(&agent->connection);
    agent_unlock(agent);
}

bool session_open(struct agent *agent, struct ci_client *client, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct settings *settings = agent->settings;
    struct ci_reply reply = {0};
    const char *base, *token;
    int heartbeat;

    agent_session(agent, mem, &base);
    struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(mem, "%s/agent/v1/session", base),
        .json = ci_mem_json(mem, describe(settings)),
        .timeout = ci_seconds(SESSION_SECONDS),
        .abort = &agent->abort,
    };

    if (settings->password) {
        call.basic_user = settings->name;
        call.basic_password = settings->password;
    } else {
        call.bearer = settings->enrolment_token;
    }
    if (!ci_client_expect(client, &call, mem, &reply, err)) {
        agent_server_failed(agent, base);
        return ci_fail_in(err, "%s", base);
    }
    token = json_string_value(json_object_get(reply.json, "token"));
    heartbeat = (int)json_integer_value(json_object_get(reply.json, "heartbeat"));
    if (!token || !*token) {
        agent_server_failed(agent, base);
        return ci_fail(err, CI_EUNAVAILABLE, "%s: no token in the answer", base);
    }
    keep(agent, token, heartbeat);
    ci_log(CI_INFO, "session.opened", ci_kv("server", base), ci_kv("name", settings->name),
           ci_kv("slots", settings->slots));
    return true;
}

enum called session_call(struct agent *agent, struct ci_client *client, struct ci_call *call,
                         const char *path, void *mem, struct ci_reply *reply, struct ci_err *err)
{
    const char *base, *token = agent_session(agent, mem, &base);

    if (!token) {
        ci_fail(err, CI_EUNAUTHENTICATED, "no session");
        return CALL_NO_SESSION;
    }
    call->url = ci_mem_printf(mem, "%s%s", base, path);
    call->bearer = token;
    if (!call->abort)
        call->abort = &agent->abort;
    if (!ci_client_call(client, call, mem, reply, err)) {
        agent_server_failed(agent, base);
        return CALL_NO_ANSWER;
    }
    if (reply->status == 401) {
        ci_fail(err, CI_EUNAUTHENTICATED, "%s", session_error(reply, mem));
        agent_session_refused(agent, token);
        return CALL_NO_SESSION;
    }
    return CALLED;
}

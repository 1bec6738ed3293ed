/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of `slipway up`: what each is called with. */
#include "state.h"
#include "up.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In the order in which they start. */
static const char *const service_names[UP_SERVICES] = {"www", "builder", "scheduler", "changes",
                                                       "notifier"};

/* A NULL-terminated copy of up to 31 strings in mem. */
#define LIST(mem, ...)                                                                             \
    ((const char *const *)ci_mem_dup((mem), (const char *const[32]){__VA_ARGS__},                  \
                                     32 * sizeof(const char *)))

static bool hold_port(struct up *up, const char *wanted, const char **out, struct ci_err *err)
{
    int held;

    if (!up_hold_port(up->mem, wanted, out, &held, err))
        return false;
    if (held >= 0)
        up->held[up->held_count++] = held;
    return true;
}

bool up_start_nats(struct up *up, struct ci_err *err)
{
    static const char *const places[] = {"/usr/sbin/nats-server", "/usr/bin/nats-server",
                                         "/usr/local/bin/nats-server", "/nats-server"};
    const char *program = getenv("SLIPWAY_NATS_SERVER");
    const char *listen, *port;

    if (up->nats_url)
        return true;
    for (size_t i = 0; !program && i < CI_COUNT(places); i++)
        if (access(places[i], X_OK) == 0)
            program = places[i];
    if (!program)
        return ci_fail(err, CI_ENOTFOUND,
                       "no NATS server found (apt install nats-server), nor --nats-url");
    if (!hold_port(up, "127.0.0.1:0", &listen, err))
        return false;
    port = strrchr(listen, ':') + 1;
    up->nats_url = ci_mem_printf(up->mem, "nats://%s", listen);
    up->nats = (struct child){
        .name = "nats",
        /* JetStream, which keeps the last events for listeners that come back. */
        .argv = LIST(up->mem, program, "-a", "127.0.0.1", "-p", port, "--jetstream", "--store_dir",
                     state_path(up->mem, up->state, "nats")),
        .stage = STAGE_STORE,
        .log_path = state_path(up->mem, up->state, "log/nats.log"),
    };
    return supervisor_add(&up->supervisor, &up->nats, err);
}

static bool service_listen(struct up *up, int service, const char **out, struct ci_err *err)
{
    const char *wanted = "127.0.0.1:0";

    if (service == SERVICE_WWW || service == SERVICE_BUILDER)
        wanted = service == SERVICE_WWW ? up->settings.listen : up->settings.agent_listen;
    return hold_port(up, wanted, out, err);
}

static const char *env(struct up *up, const char *name, const char *value)
{
    return ci_mem_printf(up->mem, "%s=%s", name, value);
}

static const char *log_level(struct up *up)
{
    static const char *const names[] = {
        [CI_DEBUG] = "debug", [CI_INFO] = "info", [CI_WARN] = "warn", [CI_ERROR] = "error"};

    return names[up->settings.log_level];
}

/* Every service gets every variable; each takes what its table names. */
static const char *const *service_env(struct up *up)
{
    const char *changes = up->service_urls[SERVICE_CHANGES];

    return LIST(up->mem, env(up, "SLIPWAY_DATABASE_URL", up->database_url),
                env(up, "SLIPWAY_NATS_URL", up->nats_url),
                env(up, "SLIPWAY_SECRETS_DIR", up->settings.secrets_dir),
                env(up, "SLIPWAY_ADMIN_TOKEN_FILE", up->admin_token_file),
                env(up, "SLIPWAY_ENROLMENT_TOKEN_FILE", up->enrolment_file),
                env(up, "SLIPWAY_CHANGES_URL", changes),
                env(up, "SLIPWAY_ARTIFACTS_DIR", state_path(up->mem, up->state, "artifacts")),
                env(up, "SLIPWAY_LOG_LEVEL", log_level(up)),
                /* Ours for the command line; two sources of one token would be refused. */
                "SLIPWAY_ADMIN_TOKEN", "SLIPWAY_ENROLMENT_TOKEN");
}

bool up_start_services(struct up *up, struct ci_err *err)
{
    const char *listen[UP_SERVICES], *const *env_list;

    for (int i = 0; i < UP_SERVICES; i++) {
        if (!service_listen(up, i, &listen[i], err))
            return false;
        up->service_urls[i] = up_client_url(up->mem, listen[i]);
    }
    up->web_url = up->service_urls[SERVICE_WWW];
    up->agent_url = up->service_urls[SERVICE_BUILDER];
    env_list = service_env(up);
    for (int i = 0; i < UP_SERVICES; i++) {
        const char *name = service_names[i];
        const char *program = ci_mem_printf(up->mem, "%s/slipway-%s", up->bin_dir, name);
        bool has_state = i == SERVICE_CHANGES;

        up->services[i] = (struct child){
            .name = name,
            .argv = LIST(up->mem, program, "--listen", listen[i], has_state ? "--state-dir" : NULL,
                         has_state ? state_path(up->mem, up->state, "changes") : NULL),
            .stage = STAGE_SERVICE,
            .env = env_list,
            .log_path = ci_mem_printf(up->mem, "%s/log/%s.log", up->state, name),
        };
        if (!supervisor_add(&up->supervisor, &up->services[i], err))
            return false;
    }
    return true;
}

bool up_start_agents(struct up *up, struct ci_err *err)
{
    for (int i = 0; i < up->settings.workers; i++) {
        const char *name = ci_mem_printf(up->mem, "local-%d", i + 1);
        const char *dir = ci_mem_printf(up->mem, "%s/agents/%s", up->state, name);
        const char *program = ci_mem_printf(up->mem, "%s/slipway-agent", up->bin_dir);
        bool slots = up->settings.slots > 0;

        if (!state_make_dir(dir, 0755, err))
            return false;
        up->agents[i] = (struct child){
            .name = ci_mem_printf(up->mem, "agent-%s", name),
            .argv = LIST(up->mem, program, "--server", up->agent_url, "--name", name, "--work-dir",
                         dir, "--drain-timeout", "5s", slots ? "--slots" : NULL,
                         slots ? ci_mem_printf(up->mem, "%d", up->settings.slots) : NULL),
            .stage = STAGE_AGENT,
            .env = LIST(up->mem, env(up, "SLIPWAY_ENROLMENT_TOKEN_FILE", up->enrolment_file),
                        "SLIPWAY_ENROLMENT_TOKEN", "SLIPWAY_PASSWORD", "SLIPWAY_PASSWORD_FILE",
                        env(up, "SLIPWAY_LOG_LEVEL", log_level(up))),
            .log_path = ci_mem_printf(up->mem, "%s/log/agent-%s.log", up->state, name),
        };
        if (!supervisor_add(&up->supervisor, &up->agents[i], err))
            return false;
    }
    return true;
}

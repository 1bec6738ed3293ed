/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of `slipway up` share: its settings, its processes, and the
 * addresses it chose. Main thread only.
 */
#pragma once

#include "api.h"
#include "postgres.h"
#include "shared/log.h"

/* In the order in which they start. */
enum {
    SERVICE_WWW,
    SERVICE_BUILDER,
    SERVICE_SCHEDULER,
    SERVICE_CHANGES,
    SERVICE_NOTIFIER,
    UP_SERVICES
};
enum { UP_MAX_WORKERS = 32 };

struct up_settings {
    const char *state, *config, *listen, *agent_listen, *database_url, *nats_url, *secrets_dir;
    int workers, slots;
    bool demo;
    enum ci_level log_level;
};

struct up {
    struct up_settings settings;
    void *mem;
    const char *state, *bin_dir; /* absolute */
    const char *database_url, *nats_url;
    const char *admin_token, *admin_token_file, *enrolment_file;
    const char *config;     /* of --config or --demo, or NULL */
    int64_t config_version; /* it became */
    bool token_made;
    bool ready; /* before it, a process that dies again and again ends the start */
    const char *web_url, *agent_url; /* as a client on this machine reaches them */
    struct supervisor supervisor;
    struct postgres postgres;
    struct child nats, services[UP_SERVICES], agents[UP_MAX_WORKERS];
    const char *service_urls[UP_SERVICES];
    int held[UP_SERVICES + 1]; /* ports that were chosen: up_hold_port() */
    size_t held_count;
    int signal_fd; /* SIGCHLD, SIGINT, SIGTERM */
    bool stopping;
};

/* "127.0.0.1:8010" with an address for clients: 0.0.0.0 and "" become 127.0.0.1. In mem. */
const char *up_client_url(void *mem, const char *listen);

/*
 * `wanted`, with a free port in place of port 0; in mem, or `wanted` itself. *held, the caller's,
 * or -1, is a socket that is bound there but does not listen: while it is open nobody gets that
 * port by chance, and a server of ours that sets SO_REUSEADDR, as every server does, can take it
 * and take it again.
 */
CI_MUST_USE bool up_hold_port(void *mem, const char *wanted, const char **out, int *held,
                              struct ci_err *err);

/* Nobody listens there. CI_EUNAVAILABLE: somebody does; CI_EINVALID: nobody could. */
CI_MUST_USE bool up_address_free(const char *wanted, struct ci_err *err);

/* Starts NATS (unless one is given) and the services; then the agents. */
CI_MUST_USE bool up_start_nats(struct up *up, struct ci_err *err);
CI_MUST_USE bool up_start_services(struct up *up, struct ci_err *err);
CI_MUST_USE bool up_start_agents(struct up *up, struct ci_err *err);

/*
 * Tends the processes until `done` answers true (asked every 20 ms and after
 * every signal; false with err->code CI_EUNAVAILABLE means "not yet"), a stop
 * is asked for (CI_ECONFLICT "stopped"), a process fails before `ready`, or
 * `limit` is over. limit 0: no limit;
 * done NULL: until a stop is asked for.
 */
CI_MUST_USE bool up_wait(struct up *up, const char *what,
                         bool (*done)(struct up *, struct ci_err *), struct ci_dur limit,
                         struct ci_err *err);

/* --demo: makes <state>/demo/ with a repository and a slipway.yaml; its path into *config. */
CI_MUST_USE bool demo_prepare(struct up *up, const char **config, struct ci_err *err);
/* Plays a good commit, then a breaking one, each waited for; goes on where an earlier run ended. */
CI_MUST_USE bool demo_play(struct up *up, struct ci_err *err);

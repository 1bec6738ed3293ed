/* SPDX-License-Identifier: Apache-2.0 */
/* slipway up: a whole Slipway on this machine, supervised until SIGINT or SIGTERM. */
#include "command.h"
#include "config_file.h"
#include "shared/clock.h"
#include "state.h"
#include "up.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct ci_dur start_limit = {60 * 1000 * 1000};
/* For what an earlier up, killed a moment ago, still has running. */
static const struct ci_dur address_limit = {10 * 1000 * 1000};

enum {
    CONDITION_MS = 20, /* how often a condition that nothing announces is looked at */
    START_DEATHS = 6,  /* of one process, some 3 s */
};

#define ROW(name, type, member, fallback, help, min, max)                                          \
    {                                                                                              \
        name, type, offsetof(struct up_settings, member), fallback, help, min, max                 \
    }

static const struct ci_setting rows[] = {
    ROW("AGENT_LISTEN", CI_SET_ADDRESS, agent_listen, "127.0.0.1:9989",
        "address for agents; 0.0.0.0:9989 lets other machines in", 0, 0),
    ROW("CONFIG", CI_SET_PATH, config, CI_SET_OPTIONAL, "slipway.yaml to apply at the start", 0, 0),
    ROW("DATABASE_URL", CI_SET_STR, database_url, CI_SET_OPTIONAL,
        "a PostgreSQL instead of a private one", 0, 0),
    ROW("DEMO", CI_SET_BOOL, demo, "false",
        "make a small repository, and a good and a breaking commit in it", 0, 0),
    ROW("LISTEN", CI_SET_ADDRESS, listen, "127.0.0.1:8010", "address of the web UI and the API", 0,
        0),
    ROW("LOG_LEVEL", CI_SET_LEVEL, log_level, "info", "debug, info, warn or error", 0, 0),
    ROW("NATS_URL", CI_SET_STR, nats_url, CI_SET_OPTIONAL, "a NATS instead of a private one", 0, 0),
    ROW("SECRETS_DIR", CI_SET_PATH, secrets_dir, CI_SET_OPTIONAL,
        "folder of secrets; default <state>/secrets", 0, 0),
    ROW("SLOTS", CI_SET_INT, slots, "0",
        "builds at once on each local worker; 0: one per processor", 0, 1024),
    ROW("STATE", CI_SET_PATH, state, CI_SET_OPTIONAL,
        "folder of database, tokens, logs and work folders", 0, 0),
    ROW("WORKERS", CI_SET_INT, workers, "1", "local workers, called local-1 and so on", 0,
        UP_MAX_WORKERS),
};

/* The services lie beside this program. */
static bool find_bin_dir(struct up *up, struct ci_err *err)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash;

    if (n <= 0)
        return ci_fail(err, CI_EINTERNAL, "could not read /proc/self/exe: %s", strerror(errno));
    path[n] = '\0';
    slash = strrchr(path, '/');
    up->bin_dir = ci_mem_strndup(up->mem, path, (size_t)(slash - path));
    return true;
}

static bool absolute(struct up *up, const char *path, const char **out, struct ci_err *err)
{
    char cwd[PATH_MAX];

    if (path[0] == '/') {
        *out = path;
        return true;
    }
    if (!getcwd(cwd, sizeof(cwd)))
        return ci_fail(err, CI_EUNAVAILABLE, "no current folder: %s", strerror(errno));
    *out = ci_mem_printf(up->mem, "%s/%s", cwd, path);
    return true;
}

static bool make_state(struct up *up, struct ci_err *err)
{
    static const char *const folders[] = {"log", "secrets", "changes", "agents", "artifacts"};
    const char *dir = up->settings.state ? up->settings.state : state_default_dir(up->mem);
    const char *enrolment;
    bool made;

    if (!absolute(up, dir, &up->state, err) || !state_make_dir(up->state, 0755, err) ||
        !state_lock(up->mem, up->state, err))
        return false;
    for (size_t i = 0; i < CI_COUNT(folders); i++)
        if (!state_make_dir(state_path(up->mem, up->state, folders[i]), 0700, err))
            return false;
    up->admin_token_file = state_path(up->mem, up->state, "admin.token");
    up->enrolment_file = state_path(up->mem, up->state, "enrolment.token");
    if (!up->settings.secrets_dir)
        up->settings.secrets_dir = state_path(up->mem, up->state, "secrets");
    return state_token(up->mem, up->enrolment_file, &enrolment, &made, err) &&
           state_token(up->mem, up->admin_token_file, &up->admin_token, &up->token_made, err);
}

static void take_signals(struct up *up)
{
    struct signalfd_siginfo info;

    while (read(up->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
        if (info.ssi_signo != SIGCHLD)
            up->stopping = true;
}

/* How long poll() may sleep: the supervisor's wish, the condition's period, the deadline. */
static int poll_time(struct ci_mono now, struct ci_mono next, struct ci_mono deadline,
                     bool condition)
{
    int64_t us = condition ? CONDITION_MS * 1000 : INT64_MAX;

    if (next.us && ci_mono_since(next, now).us < us)
        us = ci_mono_since(next, now).us;
    if (deadline.us && ci_mono_since(deadline, now).us < us)
        us = ci_mono_since(deadline, now).us;
    if (us == INT64_MAX)
        return -1;
    return us < 0 ? 0 : (int)(us / 1000 + 1);
}

static bool fail_dead(const struct child *child, struct ci_err *err)
{
    char how[64];

    supervisor_show_log(child);
    if (WIFSIGNALED(child->status))
        snprintf(how, sizeof(how), "by signal %d", WTERMSIG(child->status));
    else
        snprintf(how, sizeof(how), "with status %d", WEXITSTATUS(child->status));
    return ci_fail(err, CI_EUNAVAILABLE, "%s ended %d times, at last %s; its log is %s",
                   child->name, child->deaths, how, child->log_path);
}

bool up_wait(struct up *up, const char *what, bool (*done)(struct up *, struct ci_err *),
             struct ci_dur limit, struct ci_err *err)
{
    struct pollfd signals = {.fd = up->signal_fd, .events = POLLIN};
    struct ci_mono deadline = limit.us ? ci_mono_add(ci_mono_now(), limit) : (struct ci_mono){0};
    struct ci_err reason = {.code = CI_EUNAVAILABLE, .msg = "no answer"};

    for (;;) {
        struct ci_mono now, next;

        take_signals(up);
        if (up->stopping)
            return ci_fail(err, CI_ECONFLICT, "stopped while waiting for %s", what);
        now = ci_mono_now();
        next = supervisor_tend(&up->supervisor, now);
        if (!up->ready && supervisor_failing(&up->supervisor, START_DEATHS))
            return fail_dead(supervisor_failing(&up->supervisor, START_DEATHS), err);
        if (done && done(up, &reason))
            return true;
        if (done && reason.code != CI_EUNAVAILABLE) {
            *err = reason;
            return ci_fail_in(err, "%s", what);
        }
        now = ci_mono_now();
        if (deadline.us && now.us >= deadline.us)
            return ci_fail(err, CI_EUNAVAILABLE, "%s took longer than %d s: %s (see %s/log)", what,
                           (int)(limit.us / 1000000), reason.msg, up->state);
        poll(&signals, 1, poll_time(now, next, deadline, done != NULL));
    }
}

static bool database_made(struct up *up, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();

    return postgres_make_database(&up->postgres, mem, err);
}

static bool start_postgres(struct up *up, struct ci_err *err)
{
    if (up->database_url)
        return true;
    if (!postgres_prepare(up->mem, up->state, &up->postgres, err) ||
        !supervisor_add(&up->supervisor, &up->postgres.child, err) ||
        !up_wait(up, "PostgreSQL", database_made, start_limit, err))
        return false;
    up->database_url = up->postgres.url;
    return true;
}

/* Ready, and with the configuration that was applied, once it was. */
static bool services_ready(struct up *up, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct api_settings settings = {.url = up->web_url, .token = up->admin_token};
    AUTO_API api = {0};
    int64_t version;

    if (!api_open(&settings, mem, &api, err))
        return false;
    for (int i = 0; i < UP_SERVICES; i++) {
        struct ci_call call = {.url = ci_mem_printf(mem, "%sreadyz", up->service_urls[i]),
                               .timeout = ci_seconds(2)};
        struct ci_reply reply;

        if (up->services[i].pid == 0)
            return ci_fail(err, CI_EUNAVAILABLE, "%s does not run", up->services[i].name);
        if (!ci_client_expect(api.client, &call, mem, &reply, err))
            return ci_fail_in(err, "%s", up->services[i].name);
        version = json_number(reply.json, "configuration", 0);
        if (version < up->config_version)
            return ci_fail(err, CI_EUNAVAILABLE, "%s still has version %lld of the configuration",
                           up->services[i].name, (long long)version);
    }
    return true;
}

/* The configuration goes in by the API, as `slipway apply` would; a second time changes nothing. */
static bool config_applied(struct up *up, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct api_settings settings = {.url = up->web_url, .token = up->admin_token};
    AUTO_API api = {0};
    struct ci_bytes text;
    bool changed;

    return config_file_read(mem, up->config, &text, err) && api_open(&settings, mem, &api, err) &&
           config_file_apply(&api, text, "slipway up", &up->config_version, &changed, err);
}

static bool workers_connected(struct up *up, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct api_settings settings = {.url = up->web_url, .token = up->admin_token};
    AUTO_API api = {0};
    json_t *workers, *worker;
    int connected = 0;
    size_t i;

    if (!api_open(&settings, mem, &api, err) ||
        !api_list(&api, "workers", "workers", &workers, err))
        return false;
    json_array_foreach(workers, i, worker)
        if (strncmp(json_text(worker, "name", ""), "local-", 6) == 0 &&
            json_array_size(json_object_get(worker, "connected_to")) > 0)
            connected++;
    if (connected < up->settings.workers)
        return ci_fail(err, CI_EUNAVAILABLE, "%d of %d workers are connected", connected,
                       up->settings.workers);
    return true;
}

static bool addresses_free(struct up *up, struct ci_err *err)
{
    return up_address_free(up->settings.listen, err) &&
           up_address_free(up->settings.agent_listen, err);
}

/* Another program's server there would look as if ours were ready. */
static bool check_addresses(struct up *up, struct ci_err *err)
{
    struct ci_err reason;

    if (addresses_free(up, &reason))
        return true;
    if (reason.code == CI_EUNAVAILABLE)
        ci_log(CI_WARN, "address.waiting", ci_kv("error", (const char *)reason.msg));
    return up_wait(up, "the address", addresses_free, address_limit, err);
}

static bool start_all(struct up *up, struct ci_err *err)
{
    up->database_url = up->settings.database_url;
    up->nats_url = up->settings.nats_url;
    up->config = up->settings.config;
    if (up->config && !config_file_check(up->mem, up->config, err)) /* before anything is started */
        return false;
    if (!find_bin_dir(up, err) || !make_state(up, err) || !check_addresses(up, err) ||
        !start_postgres(up, err) || !up_start_nats(up, err) || !up_start_services(up, err) ||
        !up_wait(up, "the services", services_ready, start_limit, err) ||
        !state_write(state_path(up->mem, up->state, "url"), up->web_url, 0644, err))
        return false;
    if (up->settings.demo && !up->config && !demo_prepare(up, &up->config, err))
        return false;
    if (up->config && (!up_wait(up, up->config, config_applied, start_limit, err) ||
                       !up_wait(up, "the services", services_ready, start_limit, err)))
        return false;
    return up_start_agents(up, err) &&
           up_wait(up, "the workers", workers_connected, start_limit, err);
}

static void stop_all(struct up *up)
{
    supervisor_stop(&up->supervisor, STAGE_AGENT);
    supervisor_stop(&up->supervisor, STAGE_SERVICE);
    supervisor_stop(&up->supervisor, STAGE_STORE);
    for (size_t i = 0; i < up->held_count; i++)
        close(up->held[i]);
    if (up->postgres.run_dir) /* which may lie below /tmp */
        rmdir(up->postgres.run_dir);
}

static bool run(struct up *up, struct ci_err *err)
{
    if (!start_all(up, err))
        return false;
    up->ready = true;
    if (up->token_made)
        fprintf(stderr, "slipway up: admin token %s (kept in %s)\n", up->admin_token,
                up->admin_token_file);
    printf("ready %s\n", up->web_url);
    fflush(stdout);
    /* What is ready goes on, whatever becomes of the demo. */
    if (up->settings.demo && !demo_play(up, err) && !up->stopping)
        ci_log(CI_ERROR, "demo.failed", ci_kv("error", (const char *)err->msg));
    return up_wait(up, "a signal", NULL, (struct ci_dur){0}, err);
}

int cmd_up(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct up *up = ci_mem_zero(mem, struct up);
    const struct ci_settings_table table = {rows, CI_COUNT(rows), false};
    enum ci_settings_outcome outcome;
    sigset_t signals;
    bool ok;

    up->mem = mem;
    if (!ci_settings_load("slipway up", "starts Slipway on this machine and supervises it", &table,
                          1, argc, argv, mem, &up->settings, NULL, &outcome, err))
        return EXIT_REPORT;
    if (outcome == CI_SETTINGS_DONE)
        return EXIT_SUCCESS;
    ci_log_setup("up", up->settings.log_level);

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    up->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);

    ok = run(up, err);
    stop_all(up);
    close(up->signal_fd);
    return ok || up->stopping ? EXIT_SUCCESS : EXIT_REPORT;
}

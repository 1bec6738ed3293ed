/* SPDX-License-Identifier: Apache-2.0 */
/* The polling loops: claim, look, compare, write. */
#include "loops.h"

#include "poll.h"
#include "settings.h"
#include "store.h"

#include "shared/metrics.h"
#include "shared/subjects.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

const struct ci_loop changes_loops[CHANGES_LOOPS] = {
    {"poll-1", {5 * 1000000}, tick_poll, CI_SUBJECT_WAKE_CHANGES},
    {"poll-2", {5 * 1000000}, tick_poll, CI_SUBJECT_WAKE_CHANGES},
    {"poll-3", {5 * 1000000}, tick_poll, CI_SUBJECT_WAKE_CHANGES},
    {"poll-4", {5 * 1000000}, tick_poll, CI_SUBJECT_WAKE_CHANGES},
};

static struct ci_metric polls_total =
    CI_COUNTER("slipway_polls_total", "Polls of repositories, by result.", "result");
static struct ci_metric changes_total =
    CI_COUNTER("slipway_changes_total", "New changes, by what reported them.", "source");

/* Set once, at the stop; git processes look at it. */
static volatile bool stopping;

/* Claims outlive the slowest poll: ls-remote, fetch and the rest, each within the timeout. */
enum { TIMEOUTS_PER_CLAIM = 6 };

bool poll_start(struct ci_app *app, struct ci_err *err)
{
    const struct settings *settings = app->settings;

    stopping = false;
    if (mkdir(settings->state_dir, 0755) != 0 && errno != EEXIST)
        return ci_fail(err, CI_EUNAVAILABLE, "could not make \"%s\": %s", settings->state_dir,
                       strerror(errno));
    return true;
}

void poll_drain(struct ci_app *app)
{
    (void)app;
    stopping = true;
}

/* Folder names must not depend on what is allowed in a file name: a hash of the poller's name. */
static const char *repository_dir(const struct settings *settings, const char *name, void *mem)
{
    unsigned char hash[16];
    char hex[2 * sizeof(hash) + 1];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)name, strlen(name), NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return ci_mem_printf(mem, "%s/%s.git", settings->state_dir, hex);
}

static const struct ci_change_source *find_source(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        if (strcmp(source->name, name) == 0)
            return source;
    return NULL;
}

/* Longest timeout of the configuration: the claim is made before it is known whose poller it is. */
static struct ci_dur longest_timeout(const struct ci_config *config)
{
    struct ci_dur longest = ci_seconds(10);

    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        if (source->timeout.us > longest.us)
            longest = source->timeout;
    return longest;
}

static bool claim(struct ci_app *app, const struct ci_config *config, struct ci_tick *tick,
                  struct poller_claim *out, struct ci_list *refs, struct ci_err *err)
{
    struct ci_dur span = {longest_timeout(config).us * TIMEOUTS_PER_CLAIM};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    if (!store_poller_claim(&tx, tick->now, ci_time_add(tick->now, span), tick->mem, out, err)) {
        if (err->code == CI_ENOTFOUND && !store_poller_next(&tx, tick->mem, &tick->due, err))
            err->code = CI_EUNAVAILABLE;
        return false;
    }
    return store_poller_refs(&tx, out->name, tick->mem, refs, err) && ci_tx_commit(&tx, err);
}

static bool add_changes(struct ci_tx *tx, const struct poll *poll, struct ci_tick *tick,
                        struct ci_change **added, size_t *count, struct ci_err *err)
{
    for (size_t i = 0; i < poll->change_count; i++) {
        if (!store_change_add(tx, &poll->changes[i], poll->source->name, tick->mem, &added[*count],
                              err))
            return false;
        if (added[*count])
            (*count)++;
    }
    return true;
}

/* Changes, tips and the end of the claim in one transaction: a poll counts whole or not at all. */
static bool write_result(struct ci_app *app, const struct poll *poll,
                         const struct poller_claim *claimed, struct ci_tick *tick,
                         struct ci_err *err)
{
    struct ci_change **added = ci_mem_array(tick->mem, struct ci_change *, poll->change_count + 1);
    struct ci_time due = ci_time_add(tick->now, poll->source->poll_interval);
    CI_AUTO_TX tx = {0};
    size_t count = 0;
    bool held;

    if (!ci_tx_begin(app->db, &tx, err) ||
        !store_poller_done(&tx, claimed, tick->now, due, NULL, &held, err))
        return false;
    if (!held)
        return true;
    if (!add_changes(&tx, poll, tick, added, &count, err) ||
        !store_poller_tips(&tx, claimed->name, poll->branches, poll->revisions, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    store_changes_announce(app->bus, added, count);
    ci_metric_add(&changes_total, (double)count, "poller");
    if (count > 0)
        ci_log(CI_INFO, "changes.found", ci_kv("poller", claimed->name), ci_kv("changes", count));
    return true;
}

/* The remote's fault is kept with the poller and tried again at the next interval. */
static bool write_failure(struct ci_app *app, const struct ci_change_source *source,
                          const struct poller_claim *claimed, struct ci_tick *tick,
                          const struct ci_err *why, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};
    bool held;

    ci_metric_add(&polls_total, 1, "failed");
    if (claimed->failures == 0)
        ci_log(CI_WARN, "poll.failed", ci_kv("poller", claimed->name),
               ci_kv("error", (const char *)why->msg));
    return ci_tx_begin(app->db, &tx, err) &&
           store_poller_done(&tx, claimed, tick->now,
                             ci_time_add(tick->now, source->poll_interval), why->msg, &held, err) &&
           ci_tx_commit(&tx, err);
}

static bool poll_one(struct ci_app *app, const struct ci_change_source *source,
                     const struct poller_claim *claimed, const struct ci_list *refs,
                     struct ci_tick *tick, struct ci_err *err)
{
    const struct git git = {
        .dir = repository_dir(app->settings, claimed->name, tick->mem),
        .repository = source->repository,
        .timeout = source->timeout,
        .abort = &stopping,
    };
    struct poll poll = {.source = source, .seen = *refs, .initialized = claimed->initialized};
    struct ci_err why;

    if (!poll_look(&git, &poll, tick->mem, &why))
        return write_failure(app, source, claimed, tick, &why, err);
    ci_metric_add(&polls_total, 1, "ok");
    if (claimed->failures > 0)
        ci_log(CI_INFO, "poll.recovered", ci_kv("poller", claimed->name),
               ci_kv("failures", claimed->failures));
    return write_result(app, &poll, claimed, tick, err);
}

bool tick_poll(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    const struct ci_change_source *source;
    struct poller_claim claimed;
    struct ci_list refs = {0};

    if (stopping || config->change_sources.count == 0)
        return true;
    if (!claim(app, config, tick, &claimed, &refs, err))
        return err->code == CI_ENOTFOUND;
    tick->again = true;
    source = find_source(config, claimed.name);
    if (!source) /* our configuration is older or newer than the table; the claim runs out */
        return true;
    return poll_one(app, source, &claimed, &refs, tick, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The polling loops: claim, look, compare, write. */
#include "loops.h"

#include "hooks/replay.h"
#include "polls/claims.h"
#include "polls/look.h"
#include "revlink.h"
#include "settings.h"
#include "shared/subjects.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

const struct ci_loop changes_loops[CHANGES_LOOPS] = {
    {"poll-1", {5 * INT64_C(1000000)}, tick_poll,   CI_SUBJECT_WAKE_CHANGES},
    {"poll-2", {5 * INT64_C(1000000)}, tick_poll,   CI_SUBJECT_WAKE_CHANGES},
    {"poll-3", {5 * INT64_C(1000000)}, tick_poll,   CI_SUBJECT_WAKE_CHANGES},
    {"poll-4", {5 * INT64_C(1000000)}, tick_poll,   CI_SUBJECT_WAKE_CHANGES},
    {"replay", {5 * INT64_C(1000000)}, tick_replay, CI_SUBJECT_WAKE_CHANGES},
    {"renew",  {5 * INT64_C(1000000)}, tick_renew,  NULL                   },
};

/* Makes the folder and those above it; for us alone, as repositories may be private. */
static bool make_folder(const char *path, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *copy = ci_mem_strdup(mem, path);

    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            break; /* the last one will tell */
        *slash = '/';
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return ci_fail(err, CI_EUNAVAILABLE, "could not make \"%s\": %s", path, strerror(errno));
    return true;
}

bool poll_start(struct ci_app *app, struct ci_err *err)
{
    const struct settings *settings = app->settings;

    if (sodium_init() < 0)
        return ci_fail(err, CI_EINTERNAL, "could not start libsodium");
    if (!make_folder(settings->state_dir, err))
        return false;
    app->state = claims_new();
    return true;
}

void poll_drain(struct ci_app *app)
{
    if (app->state)
        claims_stop(app->state);
}

void poll_stop(struct ci_app *app)
{
    claims_free(app->state);
    app->state = NULL;
}

/* Folder names must not depend on what is allowed in a file name: a hash of the poller's name. */
static const char *cache_path(const struct settings *settings, const char *name, void *mem)
{
    unsigned char hash[16];
    char hex[2 * sizeof(hash) + 1];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)name, strlen(name), NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    return ci_mem_printf(mem, "%s/%s", settings->state_dir, hex);
}

static const struct ci_change_source *find_source(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        if (strcmp(source->name, name) == 0)
            return source;
    return NULL;
}

static struct poller_scope scope_of(const struct ci_config *config, void *mem)
{
    size_t count = config->change_sources.count, n = 0;
    const char **names = ci_mem_array(mem, const char *, count);
    const char **repositories = ci_mem_array(mem, const char *, count);
    int64_t *intervals = ci_mem_array(mem, int64_t, count);

    CI_FOREACH(const struct ci_change_source, source, config->change_sources) {
        names[n] = source->name;
        repositories[n] = source->repository;
        intervals[n++] = look_longest(source).us;
    }
    return (struct poller_scope){
        {names,        n},
        {repositories, n},
        {intervals,    n}
    };
}

static struct ci_time claim_end(struct ci_time now)
{
    return ci_time_add(now, ci_seconds(CLAIM_SECONDS));
}

/* *found false: no poller is due; tick->due tells when one will be. */
static bool claim_one(const struct ci_config *config, struct look *look, bool *found,
                      struct ci_err *err)
{
    struct ci_tick *tick = look->tick;
    const struct poller_scope scope = scope_of(config, tick->mem);
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(look->app->db, &tx, err))
        return false;
    *found = store_poller_claim(&tx, &scope, tick->now, claim_end(tick->now), tick->mem,
                                &look->claim, err);
    if (!*found)
        return err->code == CI_ENOTFOUND &&
               store_poller_next(&tx, &scope, tick->now, tick->mem, &tick->due, err);
    return store_poller_refs(&tx, look->claim.name, tick->mem, &look->refs, err) &&
           ci_tx_commit(&tx, err);
}

static const struct ci_secret *secret_of(const struct ci_change_source *source)
{
    return ci_change_source_is_forge(source) ? &source->forge.token : &source->password;
}

/* The password or token is read for each poll: it may have been renewed. */
static bool look_at_it(const struct look *look, struct poll *poll, struct ci_err *err)
{
    const struct ci_secret *secret = secret_of(poll->source);

    return (secret->kind == CI_SECRET_NONE ||
            ci_secret_read(secret, look->app->common->secrets_dir, look->tick->mem, &poll->secret,
                           err)) &&
           poll_look(poll, look->tick->mem, err);
}

static bool poll_one(const struct look *look, struct ci_err *err)
{
    struct claims *claims = look->app->state;
    struct poll poll = {
        .source = look->source,
        .seen = look->refs,
        .initialized = look->claim.initialized,
        .state = look->claim.state,
        .dir = cache_path(look->app->settings, look->claim.name, look->tick->mem),
        .abort = claims_abort(claims),
        .now = look->tick->now,
        .version = look->config->version,
    };
    struct ci_err why;
    bool looked;

    claims_begin(claims, look->claim.name, look->claim.claim);
    looked = look_at_it(look, &poll, &why);
    claims_end(claims, look->claim.name);
    if (looked) {
        for (size_t i = 0; i < poll.change_count; i++)
            revlink_add(look->config->revlinks, &poll.changes[i], look->tick->mem);
        return look_write(look, &poll, err);
    }
    return claims_stopping(claims) ? look_give_back(look, err)
                                   : look_write_failure(look, &poll, &why, err);
}

bool tick_poll(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct look look = {.app = app, .config = config, .tick = tick};
    bool found;

    if (claims_stopping(app->state) || config->change_sources.count == 0)
        return true;
    if (!claim_one(config, &look, &found, err))
        return false;
    if (!found)
        return true;
    tick->again = true;
    look.source = find_source(config, look.claim.name); /* was in the scope of the claim */
    return poll_one(&look, err);
}

bool tick_renew(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    struct ci_strs names;
    struct ci_i64s numbers;
    CI_AUTO_TX tx = {0};

    claims_list(app->state, tick->mem, &names, &numbers);
    return names.count == 0 ||
           (ci_tx_begin(app->db, &tx, err) &&
            store_poller_renew(&tx, names, numbers, claim_end(tick->now), err) &&
            ci_tx_commit(&tx, err));
}

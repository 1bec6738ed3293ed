/* SPDX-License-Identifier: Apache-2.0 */
/* What comes of a poll, written down. */
#include "polls/look.h"

#include "ledger.h"
#include "shared/mask.h"
#include "shared/metrics.h"
#include "shared/utf8.h"

#include <sodium.h>
#include <string.h>

static struct ci_metric polls_total =
    CI_COUNTER("slipway_polls_total", "Polls of repositories, by result.", "result");
static struct ci_metric recovered_total =
    CI_COUNTER("slipway_changes_recovered_total",
               "Changes that a poller found although a web hook should have told.", "type");

enum { WRITE_TRIES = 5, SPREAD = 10, WAIT_MAX_SECONDS = 24 * 3600 };

/* ---- when to look again ---- */

/* Without a delay of its own a tenth of the interval, so that pollers do not march in step. */
static struct ci_dur random_delay_max(const struct ci_change_source *source)
{
    if (source->random_delay_max.us > 0)
        return source->random_delay_max;
    return (struct ci_dur){source->poll_interval.us / SPREAD};
}

struct ci_dur look_longest(const struct ci_change_source *source)
{
    return (struct ci_dur){source->poll_interval.us + random_delay_max(source).us};
}

static struct ci_time next_poll(const struct poll *poll)
{
    const struct ci_change_source *source = poll->source;
    int64_t min = source->random_delay_min.us, span = random_delay_max(source).us - min;
    uint64_t chance;

    if (poll->more)
        return poll->now;
    randombytes_buf(&chance, sizeof(chance));
    min += span > 0 ? (int64_t)(chance % ((uint64_t)span + 1)) : 0;
    return ci_time_add(ci_time_add(poll->now, source->poll_interval), (struct ci_dur){min});
}

/* What a remote asks for is believed for a day. */
static struct ci_time not_before(const struct poll *poll)
{
    struct ci_time last = ci_time_add(poll->now, ci_seconds(WAIT_MAX_SECONDS));

    if (poll->not_before.us <= poll->now.us)
        return (struct ci_time){0};
    return poll->not_before.us < last.us ? poll->not_before : last;
}

static struct poller_end end_of(const struct poll *poll, const char *error)
{
    return (struct poller_end){
        .repository = poll->source->repository,
        .now = poll->now,
        .due = next_poll(poll),
        .not_before = not_before(poll),
        .state = error ? NULL : poll->next_state,
        .error = error,
    };
}

/* ---- a poll that went well ---- */

static bool find_recovered(struct ci_tx *tx, const struct poll *poll, const struct added *added,
                           void *mem, bool *out, struct ci_err *err)
{
    const char *repositories[] = {poll->source->repository,
                                  poll->change_count ? poll->changes[0].repository : ""};

    if (added->count == 0)
        return true;
    return store_hook_heard(tx, (struct ci_strs){repositories, CI_COUNT(repositories)},
                            ci_change_source_is_forge(poll->source), mem, out, err);
}

static enum ledger_verdict verdict_of(const struct poll *poll, const struct added *added)
{
    if (added->count > 0)
        return LEDGER_CHANGES;
    if (poll->change_count > 0)
        return LEDGER_KNOWN;
    return poll->filtered > 0 && poll->branches.count == 0 ? LEDGER_FILTERED : LEDGER_IDLE;
}

static bool write_ledger(struct ci_tx *tx, const struct poll *poll, const struct added *added,
                         bool recovered, struct ci_err *err)
{
    const struct ledger_entry entry = {
        .kind = "poll",
        .source = poll->source->name,
        .repository = poll->source->repository,
        .verdict = verdict_of(poll, added),
        .reason = !poll->initialized                           ? "the first poll only records"
                  : verdict_of(poll, added) == LEDGER_FILTERED ? "pullrequest_filter or branches"
                                                               : NULL,
        .found = (int)poll->change_count,
        .changeids = added->ids,
        .known_changeids = added->known,
        .recovered = recovered,
    };

    return ledger_add_poll(tx, &entry, err);
}

/* *recovered and *added only count when it is committed. */
static bool write_once(const struct look *look, const struct poll *poll, struct added *added,
                       bool *recovered, struct ci_err *err)
{
    const struct poller_end end = end_of(poll, NULL);
    void *mem = look->tick->mem;
    CI_AUTO_TX tx = {0};
    bool held;

    *added = (struct added){0};
    *recovered = false;
    if (!ci_tx_begin(look->app->db, &tx, err) ||
        !store_poller_done(&tx, &look->claim, &end, mem, &held, err))
        return false;
    return !held || (store_changes_add(&tx, poll->changes, poll->change_count, poll->source->name,
                                       mem, added, err) &&
                     (poll->unchanged || store_poller_tips(&tx, look->claim.name, poll->branches,
                                                           poll->revisions, err)) &&
                     find_recovered(&tx, poll, added, mem, recovered, err) &&
                     write_ledger(&tx, poll, added, *recovered, err) && ci_tx_commit(&tx, err));
}

bool look_write(const struct look *look, const struct poll *poll, struct ci_err *err)
{
    struct added added;
    bool recovered;
    int tries = 0;

    while (!write_once(look, poll, &added, &recovered, err))
        if (err->code != CI_ECONFLICT || ++tries == WRITE_TRIES)
            return false;
    ci_metric_add(&polls_total, 1, "ok");
    if (recovered)
        ci_metric_add(&recovered_total, (double)added.count,
                      ci_change_source_type_names[poll->source->type]);
    if (look->claim.failures > 0)
        ci_log(CI_INFO, "poll.recovered", ci_kv("poller", look->claim.name),
               ci_kv("failures", look->claim.failures));
    if (added.count > 0)
        ci_log(CI_INFO, "changes.found", ci_kv("poller", look->claim.name),
               ci_kv("changes", added.count), ci_kv("recovered", recovered));
    store_changes_announce(look->app->bus, "poller", &added);
    return true;
}

/* ---- one that did not ---- */

/* The password of "https://ada:password@host/...", or NULL. */
static const char *password_of(const char *address, void *mem)
{
    const char *host = strstr(address, "://"), *at, *colon;

    if (!host)
        return NULL;
    host += 3;
    at = memrchr(host, '@', strcspn(host, "/?#"));
    colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
    return colon ? ci_mem_strndup(mem, colon + 1, (size_t)(at - colon - 1)) : NULL;
}

/* What a remote and its tools said: they may repeat what they were given, and be cut anywhere. */
static const char *clean(const struct poll *poll, const char *text, void *mem)
{
    json_t *secrets = ci_mem_json(mem, json_object());
    const char *in_address = password_of(poll->source->repository, mem);
    const struct ci_mask *mask;
    struct ci_err ignored; /* too short to be a secret */

    if (poll->secret && strlen(poll->secret) >= CI_MASK_MIN)
        json_object_set_new(secrets, "password", json_string(poll->secret));
    if (in_address && strlen(in_address) >= CI_MASK_MIN)
        json_object_set_new(secrets, "address", json_string(in_address));
    text = ci_utf8_clean(mem, text, strlen(text));
    return ci_mask_new(secrets, mem, &mask, &ignored) ? ci_mask_text(mask, mem, text)
                                                      : "the reason can't be shown";
}

bool look_write_failure(const struct look *look, const struct poll *poll, const struct ci_err *why,
                        struct ci_err *err)
{
    void *mem = look->tick->mem;
    const char *text = clean(poll, why->msg, mem);
    const struct poller_end end = end_of(poll, text);
    const struct ledger_entry entry = {
        .kind = "poll",
        .source = poll->source->name,
        .repository = poll->source->repository,
        .verdict = LEDGER_FAILED,
        .reason = text,
    };
    CI_AUTO_TX tx = {0};
    bool held;

    ci_metric_add(&polls_total, 1, "failed");
    if (look->claim.failures == 0)
        ci_log(CI_WARN, "poll.failed", ci_kv("poller", look->claim.name), ci_kv("error", text));
    return ci_tx_begin(look->app->db, &tx, err) &&
           store_poller_done(&tx, &look->claim, &end, mem, &held, err) &&
           (!held || ledger_add_poll(&tx, &entry, err)) && ci_tx_commit(&tx, err);
}

bool look_give_back(const struct look *look, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(look->app->db, &tx, err) && store_poller_release(&tx, &look->claim, err) &&
           ci_tx_commit(&tx, err);
}

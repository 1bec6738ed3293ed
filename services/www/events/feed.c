/* SPDX-License-Identifier: Apache-2.0 */
#include "events/feed.h"

#include "shared/history.h"
#include "shared/log.h"
#include "shared/subjects.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* How a feed gets events: numbered by the history, or bare. */
enum mode { UNDECIDED, NUMBERED, BARE };

struct feed {
    struct ci_app *app;
    struct hub *hub;
    pthread_mutex_t lock; /* of what follows; held while the server is asked */
    bool wanted;          /* somebody listens */
    enum mode mode;
    int64_t last;     /* of the history, at the last look */
    atomic_bool made; /* the history is there, as far as we know */
};

static void wake(struct feed *feed)
{
    ci_loops_wake(feed->app->loops, "events");
}

/* On a thread of nats.c. */
static void hear(void *user, const struct ci_bus_message *message)
{
    struct feed *feed = user;

    if (!message) {
        atomic_store(&feed->made, false);
        hub_interrupted(feed->hub);
        wake(feed);
    } else if (!hub_message(feed->hub, message)) {
        wake(feed);
    }
}

/* The bus is closed before the last listener at the stop. */
static void rest(struct feed *feed)
{
    if (!feed->app->bus)
        return;
    ci_bus_rest(feed->app->bus, CI_SUBJECT_TOLD_ALL, feed);
    ci_bus_rest(feed->app->bus, CI_SUBJECT_EVENT_ALL, feed);
}

static void turn(void *source, bool on)
{
    struct feed *feed = source;

    pthread_mutex_lock(&feed->lock);
    feed->wanted = on;
    if (on)
        hub_hold(feed->hub);
    else
        rest(feed);
    pthread_mutex_unlock(&feed->lock);
    if (on)
        wake(feed);
}

bool feed_start(struct ci_app *app, struct hub *hub, struct feed **out, struct ci_err *err)
{
    struct feed *feed = ci_mem_zero(NULL, struct feed);

    feed->app = app;
    feed->hub = hub;
    pthread_mutex_init(&feed->lock, NULL);
    if (!ci_bus_read(app->bus, CI_SUBJECT_TOLD_ALL, hear, feed, err) ||
        !ci_bus_read(app->bus, CI_SUBJECT_EVENT_ALL, hear, feed, err)) {
        feed_free(feed);
        return false;
    }
    hub_set_source(hub, turn, feed);
    *out = feed;
    return true;
}

void feed_free(struct feed *feed)
{
    if (!feed)
        return;
    pthread_mutex_destroy(&feed->lock);
    ci_mem_free(feed);
}

/* ---- filling; the lock is held ---- */

static void set_mode(struct feed *feed, enum mode mode)
{
    if (feed->mode != mode && mode == BARE)
        ci_log(CI_WARN, "events.without_history",
               ci_kv("hint", "NATS without JetStream: streams of events can't resume"));
    feed->mode = mode;
}

/* The server keeps none: from now on as they come. Whatever was told before may be missed. */
static void go_bare(struct feed *feed)
{
    ci_bus_rest(feed->app->bus, CI_SUBJECT_TOLD_ALL, feed);
    ci_bus_resume(feed->app->bus, CI_SUBJECT_EVENT_ALL, feed);
    hub_reset(feed->hub, NULL, 0);
    hub_filled(feed->hub);
    set_mode(feed, BARE);
}

/* What the hub misses of the history, which begins anew where that is too much. */
static bool catch_up(struct feed *feed, const struct ci_history *history, struct ci_err *err)
{
    char epoch[HUB_EPOCH];
    int64_t head = hub_position(feed->hub, epoch), from = head + 1;

    if (strcmp(epoch, history->epoch) != 0 || from < history->first || head > history->last) {
        from = history->first;
        hub_reset(feed->hub, history->epoch, from - 1);
    }
    if (!ci_history_read(feed->app->bus, from, history->last, hub_fill, feed->hub, err))
        return false;
    hub_filled(feed->hub);
    feed->last = history->last;
    set_mode(feed, NUMBERED);
    return true;
}

/* Listens first and looks then what there is, so that nothing falls between. */
static bool fill(struct feed *feed, struct ci_err *err)
{
    struct ci_history history;

    ci_bus_resume(feed->app->bus, CI_SUBJECT_TOLD_ALL, feed);
    if (ci_history_open(feed->app->bus, &history, err)) {
        atomic_store(&feed->made, true);
        ci_bus_rest(feed->app->bus, CI_SUBJECT_EVENT_ALL, feed);
        return catch_up(feed, &history, err);
    }
    if (err->code != CI_ENOTFOUND)
        return false;
    go_bare(feed);
    return true;
}

/*
 * The last events before a silence may be lost without another one showing it, and the history may
 * have been thrown away: what was there at the last look must have come by now.
 */
static bool look(struct feed *feed, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_history history;
    char epoch[HUB_EPOCH];
    int64_t head;

    if (feed->mode != NUMBERED)
        return true;
    if (!ci_history_open(feed->app->bus, &history, err))
        return false;
    head = hub_position(feed->hub, epoch);
    if (strcmp(epoch, history.epoch) != 0 || head < feed->last) {
        hub_hold(feed->hub);
        tick->again = true;
    }
    feed->last = history.last;
    return true;
}

/* So that publishers' events are kept from the start, before anybody listens. */
static void make_history(struct feed *feed)
{
    struct ci_history history;
    struct ci_err none;

    if (!atomic_load(&feed->made))
        atomic_store(&feed->made,
                     ci_history_open(feed->app->bus, &history, &none) || none.code == CI_ENOTFOUND);
}

static bool attend(struct feed *feed, struct ci_tick *tick, struct ci_err *err)
{
    if (!ci_bus_connected(feed->app->bus)) {
        hub_filled(feed->hub); /* nobody shall wait for what may take long */
        return true;
    }
    if (!feed->wanted) {
        make_history(feed);
        return true;
    }
    return hub_holds(feed->hub) ? fill(feed, err) : look(feed, tick, err);
}

bool feed_tick(struct feed *feed, struct ci_tick *tick, struct ci_err *err)
{
    pthread_mutex_lock(&feed->lock);
    bool fine = attend(feed, tick, err);
    pthread_mutex_unlock(&feed->lock);
    return fine;
}

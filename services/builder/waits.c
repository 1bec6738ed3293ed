/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait for what builds have triggered. */
#include "waits.h"

#include "shared/subjects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is listened to while anybody waits. */
static const char *const subjects[] = {
    CI_SUBJECT_EVENT_PREFIX "buildsets.*.new",
    CI_SUBJECT_EVENT_PREFIX "buildrequests.*.claimed",
    CI_SUBJECT_EVENT_PREFIX "buildrequests.*.complete",
};
enum { LOOK_EVERY_MS = 1000 };

struct waits {
    pthread_mutex_t switching; /* held while the subscriptions are turned on and off; taken first */
    pthread_mutex_t lock;
    struct ci_bus *bus;
    struct wait *first; /* guarded by lock */
    bool stopped;       /* guarded by lock */
};

static bool listed(struct ci_i64s list, int64_t id)
{
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i] == id)
            return true;
    }
    return false;
}

/* The id in "slipway.event.<resource>.<id>.<what>"; 0 for what is no request. */
static int64_t request_of(const char *subject)
{
    static const char prefix[] = CI_SUBJECT_EVENT_PREFIX "buildrequests.";
    const size_t len = sizeof(prefix) - 1;

    return strncmp(subject, prefix, len) == 0 ? strtoll(subject + len, NULL, 10) : 0;
}

/* `data` NULL: the bus is back, and anything may have happened. */
static void on_event(void *user, const char *subject, const char *data, size_t len)
{
    struct waits *waits = user;
    const int64_t request = data ? request_of(subject) : 0;

    (void)len;
    pthread_mutex_lock(&waits->lock);
    for (struct wait *wait = waits->first; wait; wait = wait->next) {
        if (!data || wait->any || listed(wait->requests, request)) {
            wait->rung = true;
            pthread_cond_signal(&wait->woken);
        }
    }
    pthread_mutex_unlock(&waits->lock);
}

static void turn(struct waits *waits, bool on)
{
    for (size_t i = 0; waits->bus && i < CI_COUNT(subjects); i++) {
        if (on)
            ci_bus_resume(waits->bus, subjects[i], waits);
        else
            ci_bus_rest(waits->bus, subjects[i], waits);
    }
}

struct waits *waits_new(void)
{
    struct waits *waits = calloc(1, sizeof(*waits));

    if (!waits)
        abort();
    pthread_mutex_init(&waits->switching, NULL);
    pthread_mutex_init(&waits->lock, NULL);
    return waits;
}

bool waits_listen(struct waits *waits, struct ci_bus *bus, struct ci_err *err)
{
    for (size_t i = 0; i < CI_COUNT(subjects); i++) {
        if (!ci_bus_subscribe(bus, subjects[i], on_event, waits, err))
            return false;
    }
    waits->bus = bus;
    turn(waits, false);
    return true;
}

void waits_free(struct waits *waits)
{
    if (!waits)
        return;
    pthread_mutex_destroy(&waits->lock);
    pthread_mutex_destroy(&waits->switching);
    free(waits);
}

void waits_stop(struct waits *waits)
{
    pthread_mutex_lock(&waits->lock);
    waits->stopped = true;
    for (struct wait *wait = waits->first; wait; wait = wait->next)
        pthread_cond_signal(&wait->woken);
    pthread_mutex_unlock(&waits->lock);
}

void wait_enter(struct wait *wait, struct waits *waits)
{
    pthread_condattr_t monotonic;
    bool alone;

    *wait = (struct wait){.waits = waits, .any = true};
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&wait->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_lock(&waits->switching);
    pthread_mutex_lock(&waits->lock);
    alone = !waits->first;
    wait->next = waits->first;
    waits->first = wait;
    pthread_mutex_unlock(&waits->lock);
    if (alone)
        turn(waits, true);
    pthread_mutex_unlock(&waits->switching);
}

void wait_leave(struct wait *wait)
{
    struct waits *waits = wait->waits;
    struct wait **at = &waits->first;
    bool alone;

    pthread_mutex_lock(&waits->switching);
    pthread_mutex_lock(&waits->lock);
    while (*at != wait)
        at = &(*at)->next;
    *at = wait->next;
    alone = !waits->first;
    pthread_mutex_unlock(&waits->lock);
    if (alone)
        turn(waits, false);
    pthread_mutex_unlock(&waits->switching);
    pthread_cond_destroy(&wait->woken);
}

void wait_for(struct wait *wait, struct ci_i64s requests)
{
    pthread_mutex_lock(&wait->waits->lock);
    wait->any = false;
    wait->requests = requests;
    pthread_mutex_unlock(&wait->waits->lock);
}

bool wait_until(struct wait *wait, struct ci_mono until)
{
    struct waits *waits = wait->waits;
    struct ci_mono at = ci_mono_add(ci_mono_now(), ci_millis(LOOK_EVERY_MS));
    bool late = false, last = at.us >= until.us, stopped;
    struct timespec deadline;

    if (last)
        at = until;
    deadline = (struct timespec){.tv_sec = at.us / 1000000, .tv_nsec = at.us % 1000000 * 1000};
    pthread_mutex_lock(&waits->lock);
    while (!wait->rung && !waits->stopped && !late)
        late = pthread_cond_timedwait(&wait->woken, &waits->lock, &deadline) == ETIMEDOUT;
    late = late && !wait->rung;
    wait->rung = false;
    stopped = waits->stopped;
    pthread_mutex_unlock(&waits->lock);
    return !stopped && !(late && last);
}

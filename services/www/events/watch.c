/* SPDX-License-Identifier: Apache-2.0 */
#include "events/watch.h"

#include "access/access.h"
#include "reply.h"
#include "shared/metrics.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/queue.h>

enum {
    AGAIN_US = 30 * 1000000,   /* after which it is asked again */
    PATIENCE_US = 60 * 1000000 /* how long an answer holds when nobody can be asked */
};

static struct ci_metric refused_total =
    CI_COUNTER("slipway_www_streams_refused_total",
               "Streams of events refused, as the client or the user had too many.");
static struct ci_metric ended_total =
    CI_COUNTER("slipway_www_streams_ended_total",
               "Streams of events ended, as the listener may not read any more.");

static struct ci_metric asked_total =
    CI_COUNTER("slipway_www_streams_asked_total",
               "Times when it was asked again whether a listener may read, and what.");

struct watch {
    struct www *www;
    struct hub_client *client;
    void *mem;                 /* of the request's copy */
    struct ci_request request; /* as it came, to ask again; mem and now are each look's own */
    const char *user;          /* NULL: nobody who signed in */
    void *limits_mem;          /* in which the client's limits live */
    int64_t version;           /* of the configuration that was asked ... */
    struct ci_time asked;      /* ... and when */
    bool busy;                 /* guarded by the lock of all, as the links */
    TAILQ_ENTRY(watch) link;
};

struct watches {
    pthread_mutex_t lock;
    pthread_cond_t idle;         /* one is busy no more */
    TAILQ_HEAD(, watch) by_time; /* guarded by lock; who was asked longest ago first */
};

struct watches *watches_new(void)
{
    struct watches *all = ci_mem_zero(NULL, struct watches);

    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->idle, NULL);
    TAILQ_INIT(&all->by_time);
    return all;
}

void watches_free(struct watches *all)
{
    if (!all)
        return;
    pthread_cond_destroy(&all->idle);
    pthread_mutex_destroy(&all->lock);
    ci_mem_free(all);
}

/* ---- what one may ---- */

/* *out in mem; NULL when nothing is hidden. */
static bool find_limits(struct www *www, const struct identity *who, void *mem,
                        const struct access_view **out, struct ci_err *err)
{
    struct access_view *view = ci_mem_zero(mem, struct access_view);
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(www->app->db, &tx, err) || !access_view(www, &tx, who, mem, view, err))
        return false;
    *out = view->everything ? NULL : view;
    return true;
}

/* The limits for the one who asks, in `mem`. */
static bool judge(struct www *www, const struct ci_request *request, void *mem,
                  const struct identity **who, const struct access_view **limits,
                  struct ci_err *err)
{
    *who = request->who.identity;
    /* Not access_check(): a token that is over now was no guess. */
    return (*who || identity_of(www, request, who, err)) &&
           access_check_as(www, request, *who, CI_ACTION_READ, NULL, err) &&
           find_limits(www, *who, mem, limits, err);
}

/* ---- how many ---- */

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static const char *user_of(const struct identity *who)
{
    return who->kind == IDENTITY_ANONYMOUS ? NULL : who->username;
}

/* The lock is held. Thousands at most, and only when one more comes. */
static bool has_room(const struct watches *all, const struct settings *settings, const char *client,
                     const char *user)
{
    int of_client = 0, of_user = 0;
    const struct watch *watch;

    TAILQ_FOREACH(watch, &all->by_time, link)
    {
        of_client += same(watch->request.client, client);
        of_user += same(watch->user, user);
    }
    return (!settings->client_streams || of_client < settings->client_streams) &&
           (!settings->user_streams || of_user < settings->user_streams);
}

static enum watch_verdict refuse(const struct ci_request *request, struct ci_response *response)
{
    ci_metric_add(&refused_total, 1);
    ci_response_header(request, response, "Retry-After", "30");
    reply_error(request, response, 429, "too many streams of events at once");
    return WATCH_FULL;
}

enum watch_verdict watch_ask(struct www *www, const struct ci_request *request,
                             struct ci_response *response, struct ci_err *err)
{
    const struct identity *who;
    bool room;

    if (!access_check(www, request, CI_ACTION_READ, NULL, &who, err))
        return WATCH_FAILED;
    pthread_mutex_lock(&www->watches->lock);
    room = has_room(www->watches, www->settings, request->client, user_of(who));
    pthread_mutex_unlock(&www->watches->lock);
    return room ? WATCH_WELCOME : refuse(request, response);
}

/* ---- from begin to end ---- */

static struct ci_pairs copy_pairs(struct ci_pairs pairs, void *mem)
{
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, pairs.count + 1);

    for (size_t i = 0; i < pairs.count; i++)
        items[i] = (struct ci_pair){ci_mem_strdup(mem, pairs.items[i].name),
                                    ci_mem_strdup(mem, pairs.items[i].value)};
    return (struct ci_pairs){items, pairs.count};
}

static const char *copy(const char *text, void *mem)
{
    return text ? ci_mem_strdup(mem, text) : NULL;
}

/* What proves who it is: the headers, and whence it came. */
static struct ci_request copy_request(const struct ci_request *request, void *mem)
{
    return (struct ci_request){
        .method = copy(request->method, mem),
        .path = copy(request->path, mem),
        .id = copy(request->id, mem),
        .client = copy(request->client, mem),
        .peer = copy(request->peer, mem),
        .secure = request->secure,
        .headers = copy_pairs(request->headers, mem),
    };
}

static int64_t version_now(struct www *www)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);

    return config->version;
}

/* Credentials don't stay behind in memory that is free. */
static void free_watch(struct watch *watch)
{
    for (size_t i = 0; i < watch->request.headers.count; i++) {
        const char *value = watch->request.headers.items[i].value;

        sodium_memzero((char *)(uintptr_t)value, strlen(value));
    }
    ci_mem_free(watch->limits_mem);
    ci_mem_free(watch->mem);
}

static bool enter(struct watches *all, struct watch *watch)
{
    pthread_mutex_lock(&all->lock);
    bool room = has_room(all, watch->www->settings, watch->request.client, watch->user);
    if (room)
        TAILQ_INSERT_TAIL(&all->by_time, watch, link);
    pthread_mutex_unlock(&all->lock);
    return room;
}

enum watch_verdict watch_begin(struct www *www, const struct ci_request *request,
                               struct hub_client *client, struct ci_response *response,
                               struct watch **out, struct ci_err *err)
{
    void *mem = ci_mem_new();
    struct watch *watch = ci_mem_zero(mem, struct watch);
    const struct identity *who;

    *watch = (struct watch){
        .www = www,
        .client = client,
        .mem = mem,
        .request = copy_request(request, mem),
        .limits_mem = ci_mem_new(),
        .version = version_now(www),
        .asked = request->now,
    };
    if (!judge(www, request, watch->limits_mem, &who, &client->limits, err)) {
        free_watch(watch);
        return WATCH_FAILED;
    }
    watch->user = copy(user_of(who), mem);
    if (!enter(www->watches, watch)) {
        free_watch(watch);
        return refuse(request, response);
    }
    *out = watch;
    return WATCH_WELCOME;
}

void watch_end(struct watch *watch)
{
    if (!watch)
        return;
    struct watches *all = watch->www->watches;
    pthread_mutex_lock(&all->lock);
    while (watch->busy)
        pthread_cond_wait(&all->idle, &all->lock);
    TAILQ_REMOVE(&all->by_time, watch, link);
    pthread_mutex_unlock(&all->lock);
    free_watch(watch);
}

/* ---- asking again ---- */

/* The answer that nobody could give holds for a while yet. */
static void answer_failed(struct watch *watch, const struct ci_err *why, struct ci_time now)
{
    bool refused = why->code == CI_EUNAUTHENTICATED || why->code == CI_EDENIED;

    if (!refused && now.us - watch->asked.us < PATIENCE_US)
        return;
    ci_metric_add(&ended_total, 1);
    watch->client->end(watch->client);
    watch->asked = now;
}

static void ask_again(struct watch *watch, int64_t version, struct ci_time now)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_request request = watch->request;
    void *limits_mem = ci_mem_new();
    const struct access_view *limits;
    const struct identity *who;
    struct ci_err why;

    request.mem = mem;
    request.now = now;
    if (!judge(watch->www, &request, limits_mem, &who, &limits, &why)) {
        ci_mem_free(limits_mem);
        answer_failed(watch, &why, now);
        return;
    }
    hub_limit(watch->www->hub, watch->client, limits);
    ci_metric_add(&asked_total, 1);
    ci_mem_free(watch->limits_mem);
    watch->limits_mem = limits_mem;
    watch->version = version;
    watch->asked = now;
}

/* The one that waits longest, or NULL when nobody's turn has come. */
static struct watch *take(struct watches *all, int64_t version, struct ci_time now)
{
    pthread_mutex_lock(&all->lock);
    struct watch *watch = TAILQ_FIRST(&all->by_time);
    if (watch && watch->version == version && now.us - watch->asked.us < AGAIN_US)
        watch = NULL;
    if (watch)
        watch->busy = true;
    pthread_mutex_unlock(&all->lock);
    return watch;
}

static void put_back(struct watches *all, struct watch *watch)
{
    pthread_mutex_lock(&all->lock);
    TAILQ_REMOVE(&all->by_time, watch, link);
    TAILQ_INSERT_TAIL(&all->by_time, watch, link);
    watch->busy = false;
    pthread_cond_broadcast(&all->idle);
    pthread_mutex_unlock(&all->lock);
}

static size_t count(struct watches *all)
{
    const struct watch *watch;
    size_t n = 0;

    pthread_mutex_lock(&all->lock);
    TAILQ_FOREACH(watch, &all->by_time, link)
    n++;
    pthread_mutex_unlock(&all->lock);
    return n;
}

bool watches_tick(struct www *www, struct ci_tick *tick, struct ci_err *err)
{
    int64_t version = version_now(www);
    struct watch *watch;

    (void)err;
    /* Each at most once: one that could not be asked stays due. */
    for (size_t left = count(www->watches);
         left > 0 && (watch = take(www->watches, version, tick->now)) != NULL; left--) {
        ask_again(watch, version, tick->now);
        put_back(www->watches, watch);
    }
    return true;
}

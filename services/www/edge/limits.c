/* SPDX-License-Identifier: Apache-2.0 */
#include "edge/limits.h"

#include "access/cookie.h"
#include "reply.h"
#include "www.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

/* 4096 clients at once in 256 KiB; a set is what one look-up compares. */
enum { SETS = 512, SET_SIZE = 8, MINUTE_US = 60000000 };

struct bucket {
    uint64_t key;    /* hash of the name; 0: free */
    int64_t at_us;   /* when it was last looked at */
    double requests; /* that may be made now */
    double writes;   /* of them */
};

struct limits {
    pthread_mutex_t lock;
    unsigned char hash_key[crypto_shorthash_KEYBYTES]; /* random: nobody can aim at a set */
    struct bucket buckets[SETS][SET_SIZE];             /* guarded by lock */
};

struct limits *limits_new(void)
{
    struct limits *limits = ci_mem_zero(NULL, struct limits);

    pthread_mutex_init(&limits->lock, NULL);
    randombytes_buf(limits->hash_key, sizeof(limits->hash_key));
    return limits;
}

void limits_free(struct limits *limits)
{
    if (!limits)
        return;
    pthread_mutex_destroy(&limits->lock);
    ci_mem_free(limits);
}

static uint64_t hash(const struct limits *limits, const char *name)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t key;

    crypto_shorthash(out, (const unsigned char *)name, strlen(name), limits->hash_key);
    memcpy(&key, out, sizeof(key));
    return key ? key : 1;
}

/* The client's bucket, or the one of its set that has been idle longest, made its own and full. */
static struct bucket *find(struct limits *limits, const struct ci_limits *config, uint64_t key,
                           struct ci_time now)
{
    struct bucket *set = limits->buckets[key % SETS], *oldest = set;

    for (size_t i = 0; i < SET_SIZE; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].at_us < oldest->at_us)
            oldest = &set[i];
    }
    *oldest = (struct bucket){key, now.us, config->requests_burst, config->writes_burst};
    return oldest;
}

static double refilled(double left, int64_t us, int per_minute, int burst)
{
    double full = left + (double)us * per_minute / MINUTE_US;

    return full < burst ? full : burst;
}

/* Whole seconds until there is one; 0: now. */
static int wait_for_one(double left, int per_minute)
{
    if (per_minute == 0 || left >= 1)
        return 0;
    return 1 + (int)((1 - left) * 60 / per_minute);
}

int limits_take(struct limits *limits, const struct ci_limits *config, const char *name, bool write,
                struct ci_time now)
{
    uint64_t key = hash(limits, name);
    int wait, longer;

    pthread_mutex_lock(&limits->lock);
    struct bucket *bucket = find(limits, config, key, now);
    int64_t us = now.us > bucket->at_us ? now.us - bucket->at_us : 0; /* a clock may step back */
    bucket->requests =
        refilled(bucket->requests, us, config->requests_per_minute, config->requests_burst);
    bucket->writes = refilled(bucket->writes, us, config->writes_per_minute, config->writes_burst);
    bucket->at_us = now.us;
    wait = wait_for_one(bucket->requests, config->requests_per_minute);
    longer = write ? wait_for_one(bucket->writes, config->writes_per_minute) : 0;
    if (longer > wait)
        wait = longer;
    if (wait == 0) {
        bucket->requests -= config->requests_per_minute ? 1 : 0;
        bucket->writes -= write && config->writes_per_minute ? 1 : 0;
    }
    pthread_mutex_unlock(&limits->lock);
    return wait;
}

/* ---- requests ---- */

static const char *address_name(const char *client, void *mem)
{
    unsigned char v6[16];
    char half[2 * 8 + 1];

    if (inet_pton(AF_INET6, client, v6) != 1)
        return ci_mem_printf(mem, "address %s", client);
    sodium_bin2hex(half, sizeof(half), v6, 8);
    return ci_mem_printf(mem, "network %s", half);
}

/* What the request proves itself by, right or wrong; NULL: nothing. */
static const char *credential_name(const struct ci_request *request)
{
    const char *bearer = ci_request_bearer(request);
    const char *cookie = bearer ? NULL : ci_request_cookie(request, COOKIE_NAME);

    if (bearer)
        return ci_mem_printf(request->mem, "bearer %s", bearer);
    return cookie && *cookie ? ci_mem_printf(request->mem, "cookie %s", cookie) : NULL;
}

/* Deliveries of hooks come in bursts that nobody chose: they count as reads. */
static bool is_write(const struct ci_request *request)
{
    static const char *const reads[] = {"GET", "HEAD", "OPTIONS"};

    for (size_t i = 0; i < CI_COUNT(reads); i++) {
        if (strcmp(request->method, reads[i]) == 0)
            return false;
    }
    return strncmp(request->path, "/change_hook", 12) != 0;
}

/* Orchestrators and Prometheus ask in their own rhythm. */
static bool is_probe(const struct ci_route *route)
{
    return strcmp(route->path, "/healthz") == 0 || strcmp(route->path, "/readyz") == 0 ||
           strcmp(route->path, "/metrics") == 0;
}

static bool reply_wait(const struct ci_request *request, struct ci_response *response, int wait,
                       const char *what)
{
    ci_response_header(request, response, "Retry-After", ci_mem_printf(request->mem, "%d", wait));
    return reply_error(request, response, 429, "too many %s: try again in %d s", what, wait);
}

bool www_admit(void *service, const struct ci_route *route, const struct ci_request *request,
               struct ci_response *response)
{
    struct www *www = www_of(service);
    const char *client = request->client ? request->client : "";

    if (!www || is_probe(route))
        return true;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    if (ci_networks_hold(config->limits.exempt_networks, client))
        return true;
    int wait = bearers_wait(www, request);
    if (wait)
        return !reply_wait(request, response, wait, "wrong tokens");
    const char *credential = credential_name(request);
    bool write = is_write(request);
    wait = limits_take(www->limits, &config->limits, address_name(client, request->mem), write,
                       request->now);
    if (wait == 0 && credential)
        wait = limits_take(www->limits, &config->limits, credential, write, request->now);
    if (wait == 0)
        return true;
    return !reply_wait(request, response, wait, "requests");
}

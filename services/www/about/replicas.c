/* SPDX-License-Identifier: Apache-2.0 */
#include "about/replicas.h"

#include "shared/subjects.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 200 };

struct slot {
    char service[TEXT_SIZE], version[TEXT_SIZE], host[TEXT_SIZE];
    int64_t pid;
    struct ci_time started_at, at; /* at 0: nobody's */
};

struct replicas {
    pthread_mutex_t lock;
    struct slot slots[REPLICAS_MOST];
};

static const struct ci_field row_fields[] = {
    CI_FIELD(struct replica_row, service, 0),    CI_FIELD(struct replica_row, version, 0),
    CI_FIELD(struct replica_row, host, 0),       CI_FIELD(struct replica_row, pid, 0),
    CI_FIELD(struct replica_row, started_at, 0), CI_FIELD(struct replica_row, heard_at, 0),
    CI_FIELD(struct replica_row, alive, 0),      CI_FIELD(struct replica_row, own, 0),
};
const struct ci_record replica_row_record = CI_RECORD("replica", struct replica_row, row_fields);

static bool is_of(const struct slot *slot, const struct ci_replica *told)
{
    return slot->pid == told->pid && strcmp(slot->host, told->host) == 0 &&
           strcmp(slot->service, told->service) == 0;
}

/* Its own, or that of who is silent longest. */
static struct slot *slot_for(struct replicas *replicas, const struct ci_replica *told)
{
    struct slot *oldest = replicas->slots;

    for (size_t i = 0; i < REPLICAS_MOST; i++) {
        struct slot *slot = &replicas->slots[i];

        if (is_of(slot, told))
            return slot;
        if (slot->at.us < oldest->at.us)
            oldest = slot;
    }
    return oldest;
}

void replicas_note(struct replicas *replicas, const struct ci_replica *told)
{
    pthread_mutex_lock(&replicas->lock);
    struct slot *slot = slot_for(replicas, told);

    snprintf(slot->service, sizeof(slot->service), "%s", told->service);
    snprintf(slot->version, sizeof(slot->version), "%s", told->version);
    snprintf(slot->host, sizeof(slot->host), "%s", told->host);
    slot->pid = told->pid;
    slot->started_at = told->started_at;
    slot->at = told->at;
    pthread_mutex_unlock(&replicas->lock);
}

/* On a thread of nats.c. */
static void hear(void *user, const char *subject, const char *data, size_t len)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_replica told;

    (void)subject;
    if (data && ci_replica_read(data, len, mem, &told))
        replicas_note(user, &told);
}

bool replicas_start(struct ci_bus *bus, struct replicas **out, struct ci_err *err)
{
    struct replicas *replicas = ci_mem_zero(NULL, struct replicas);

    pthread_mutex_init(&replicas->lock, NULL);
    if (!ci_bus_subscribe(bus, CI_SUBJECT_REPLICA, hear, replicas, err)) {
        replicas_free(replicas);
        return false;
    }
    *out = replicas;
    return true;
}

void replicas_free(struct replicas *replicas)
{
    if (!replicas)
        return;
    pthread_mutex_destroy(&replicas->lock);
    ci_mem_free(replicas);
}

static int by_service(const void *left, const void *right)
{
    const struct replica_row *a = left, *b = right;
    int order = strcmp(a->service, b->service);

    return order ? order
                 : (a->started_at.us > b->started_at.us) - (a->started_at.us < b->started_at.us);
}

static struct replica_row row_of(const struct slot *slot, struct ci_time now, bool whole, void *mem)
{
    return (struct replica_row){
        .service = ci_mem_strdup(mem, slot->service),
        .version = ci_mem_strdup(mem, slot->version),
        .host = whole ? ci_mem_strdup(mem, slot->host) : NULL,
        .pid = whole ? slot->pid : 0,
        .started_at = slot->started_at,
        .heard_at = slot->at,
        .alive = now.us - slot->at.us <= REPLICAS_SILENT_S * 1000000ll,
    };
}

struct ci_list replicas_list(struct replicas *replicas, struct ci_time now, bool whole, void *mem)
{
    struct replica_row *rows = ci_mem_array(mem, struct replica_row, REPLICAS_MOST);
    struct ci_replica self = ci_replica_self();
    size_t count = 0;

    self.at = now;
    replicas_note(replicas, &self);
    pthread_mutex_lock(&replicas->lock);
    for (size_t i = 0; i < REPLICAS_MOST; i++) {
        const struct slot *slot = &replicas->slots[i];

        if (slot->at.us == 0 || now.us - slot->at.us > REPLICAS_FORGOTTEN_S * 1000000ll)
            continue;
        rows[count] = row_of(slot, now, whole, mem);
        rows[count++].own = is_of(slot, &self);
    }
    pthread_mutex_unlock(&replicas->lock);
    qsort(rows, count, sizeof(*rows), by_service);
    return (struct ci_list){rows, count};
}

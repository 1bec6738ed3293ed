/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of metrics: a table of series for each, all under one lock. */
#include "metrics_internal.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const double ci_metric_bounds[CI_METRIC_BOUNDS] = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
};

/* One lock for all: it is held for some hash steps, and never across I/O. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ci_family *families; /* guarded by lock; in order of name */

static void *new_zeroed(size_t size)
{
    void *p = calloc(1, size);

    if (!p)
        abort();
    return p;
}

static void link_family(struct ci_family *family)
{
    struct ci_family **at = &families;

    while (*at && strcmp((*at)->metric->name, family->metric->name) < 0)
        at = &(*at)->next;
    family->next = *at;
    *at = family;
}

static struct ci_family *family_of(struct ci_metric *metric)
{
    struct ci_family *family = metric->impl;

    if (family)
        return family;
    family = new_zeroed(sizeof(*family));
    family->metric = metric;
    while (family->label_count < CI_METRIC_LABELS && metric->labels[family->label_count])
        family->label_count++;
    family->slot_count = 16;
    family->slots = new_zeroed(family->slot_count * sizeof(struct ci_series *));
    metric->impl = family;
    link_family(family);
    return family;
}

/* FNV-1a; each value's NUL counts, so that {"a","b"} and {"ab",""} differ. */
static uint64_t hash_values(const struct ci_family *family, const char *const *values)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < family->label_count; i++) {
        const char *c = values[i] ? values[i] : "";

        do
            hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
        while (*c++);
    }
    return hash;
}

static bool same_values(const struct ci_family *family, const struct ci_series *series,
                        const char *const *values)
{
    for (size_t i = 0; i < family->label_count; i++)
        if (strcmp(series->values[i], values[i] ? values[i] : "") != 0)
            return false;
    return true;
}

/* Doubles the table when it holds more series than slots. */
static void grow(struct ci_family *family)
{
    size_t count = family->slot_count * 2;
    struct ci_series **slots;

    if (family->series_count <= family->slot_count)
        return;
    slots = new_zeroed(count * sizeof(struct ci_series *));
    for (struct ci_series *series = family->first; series; series = series->next) {
        series->chain = slots[series->hash % count];
        slots[series->hash % count] = series;
    }
    free(family->slots);
    family->slots = slots;
    family->slot_count = count;
}

static struct ci_series *add_series(struct ci_family *family, uint64_t hash,
                                    const char *const *values)
{
    struct ci_series *series = new_zeroed(sizeof(*series));
    struct ci_series **slot = &family->slots[hash % family->slot_count];

    series->hash = hash;
    for (size_t i = 0; i < family->label_count; i++) {
        series->values[i] = strdup(values[i] ? values[i] : "");
        if (!series->values[i])
            abort();
    }
    if (family->metric->kind == CI_METRIC_HISTOGRAM)
        series->buckets = new_zeroed(sizeof(uint64_t[CI_METRIC_BOUNDS + 1]));
    series->chain = *slot;
    *slot = series;
    if (family->last)
        family->last->next = series;
    else
        family->first = series;
    family->last = series;
    family->series_count++;
    grow(family);
    return series;
}

static struct ci_series *series_of(struct ci_metric *metric, const char *const *values)
{
    struct ci_family *family = family_of(metric);
    uint64_t hash = hash_values(family, values);

    for (struct ci_series *series = family->slots[hash % family->slot_count]; series;
         series = series->chain)
        if (series->hash == hash && same_values(family, series, values))
            return series;
    return add_series(family, hash, values);
}

void ci_metric_add_values(struct ci_metric *metric, double value,
                          const char *const values[CI_METRIC_LABELS])
{
    pthread_mutex_lock(&lock);
    series_of(metric, values)->value += value;
    pthread_mutex_unlock(&lock);
}

void ci_metric_set_values(struct ci_metric *metric, double value,
                          const char *const values[CI_METRIC_LABELS])
{
    pthread_mutex_lock(&lock);
    series_of(metric, values)->value = value;
    pthread_mutex_unlock(&lock);
}

void ci_metric_observe_values(struct ci_metric *metric, double seconds,
                              const char *const values[CI_METRIC_LABELS])
{
    struct ci_series *series;
    size_t bucket = 0;

    while (bucket < CI_METRIC_BOUNDS && seconds > ci_metric_bounds[bucket])
        bucket++;
    pthread_mutex_lock(&lock);
    series = series_of(metric, values);
    series->value += seconds;
    assert(series->buckets);
    series->buckets[bucket]++;
    pthread_mutex_unlock(&lock);
}

char *ci_metrics_text(void *mem)
{
    struct ci_buf page;

    ci_buf_init(&page, mem);
    pthread_mutex_lock(&lock);
    for (const struct ci_family *family = families; family; family = family->next)
        ci_family_print(family, &page);
    pthread_mutex_unlock(&lock);
    ci_process_print(&page);
    return page.text;
}

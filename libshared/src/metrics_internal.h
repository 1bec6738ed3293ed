/* SPDX-License-Identifier: Apache-2.0 */
/* How metrics are kept, for the file that prints them. */
#pragma once

#include "shared/metrics.h"

enum { CI_METRIC_BOUNDS = 15 };

/* Upper bounds of a histogram's buckets, in seconds. */
extern const double ci_metric_bounds[CI_METRIC_BOUNDS];

/* One combination of label values. */
struct ci_series {
    char *values[CI_METRIC_LABELS];
    double value;      /* of a histogram: the sum */
    uint64_t *buckets; /* of a histogram: each by itself, the last is beyond all bounds */
    uint64_t hash;
    struct ci_series *chain; /* same slot */
    struct ci_series *next;  /* in order of first use */
};

/* A metric with all its series. */
struct ci_family {
    const struct ci_metric *metric;
    size_t label_count;
    struct ci_series **slots;
    size_t slot_count, series_count;
    struct ci_series *first, *last;
    struct ci_family *next;
};

/* Adds the family in the text format; the registry's lock is held. */
void ci_family_print(const struct ci_family *family, struct ci_buf *page);

/* Adds memory, CPU time and open files of this process. */
void ci_process_print(struct ci_buf *page);

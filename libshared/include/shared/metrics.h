/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics in the Prometheus text format 0.0.4. A metric is a static struct;
 * its first use registers it. Names start with slipway_, in base units
 * (seconds, bytes), counters end in _total. Any thread.
 *
 *     static struct ci_metric builds_total = CI_COUNTER("slipway_builds_total",
 *         "Builds finished, by result.", "result");
 *     ci_metric_add(&builds_total, 1, "success");
 */
#pragma once

#include "shared/mem.h"

enum ci_metric_kind { CI_METRIC_COUNTER, CI_METRIC_GAUGE, CI_METRIC_HISTOGRAM };
enum { CI_METRIC_LABELS = 3 };

struct ci_metric {
    enum ci_metric_kind kind;
    const char *name, *help;
    const char *labels[CI_METRIC_LABELS]; /* names, unused ones NULL */
    void *impl;                           /* guarded by the registry's lock */
};

#define CI_COUNTER(name_, help_, ...)                                                              \
    {                                                                                              \
        .kind = CI_METRIC_COUNTER, .name = (name_), .help = (help_), .labels = { __VA_ARGS__ }     \
    }
#define CI_GAUGE(name_, help_, ...)                                                                \
    {                                                                                              \
        .kind = CI_METRIC_GAUGE, .name = (name_), .help = (help_), .labels = { __VA_ARGS__ }       \
    }
/* Buckets in seconds: 1 ms to 60 s, for latencies. */
#define CI_HISTOGRAM(name_, help_, ...)                                                            \
    {                                                                                              \
        .kind = CI_METRIC_HISTOGRAM, .name = (name_), .help = (help_), .labels = { __VA_ARGS__ }   \
    }

/* Label values follow in the order of `labels`, as many as it names; missing ones are "". */
#define ci_metric_add(metric, value, ...)                                                          \
    ci_metric_add_values((metric), (value), (const char *const[CI_METRIC_LABELS]){__VA_ARGS__})
#define ci_metric_set(metric, value, ...)                                                          \
    ci_metric_set_values((metric), (value), (const char *const[CI_METRIC_LABELS]){__VA_ARGS__})
#define ci_metric_observe(metric, seconds, ...)                                                    \
    ci_metric_observe_values((metric), (seconds),                                                  \
                             (const char *const[CI_METRIC_LABELS]){__VA_ARGS__})

void ci_metric_add_values(struct ci_metric *metric, double value,
                          const char *const values[CI_METRIC_LABELS]);
void ci_metric_set_values(struct ci_metric *metric, double value,
                          const char *const values[CI_METRIC_LABELS]);
void ci_metric_observe_values(struct ci_metric *metric, double seconds,
                              const char *const values[CI_METRIC_LABELS]);

/* The whole page, in mem; adds process_resident_memory_bytes, process_cpu_seconds_total,
 * process_open_fds. */
char *ci_metrics_text(void *mem);

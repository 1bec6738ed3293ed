/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structured logging: a stable event name and typed key=value pairs, one
 * logfmt line each on stderr, written by one write(2). Only main(), request
 * adapters and loops log; library code returns errors instead. Any thread.
 *
 *     ts=2026-01-02T03:04:05.678901Z level=info service=builder event=build.started build=7
 * worker=w1
 */
#pragma once

#include "shared/err.h"

enum ci_level { CI_DEBUG, CI_INFO, CI_WARN, CI_ERROR };

struct ci_kv {
    const char *key;
    const char *str; /* NULL: the value is num */
    int64_t num;
};

static inline struct ci_kv ci_kv_str(const char *key, const char *value)
{
    return (struct ci_kv){.key = key, .str = value ? value : ""};
}

static inline struct ci_kv ci_kv_num(const char *key, int64_t value)
{
    return (struct ci_kv){.key = key, .num = value};
}

/* The kinds of value: text and whole numbers. Durations go in as numbers under a key ending _ms. */
#define ci_kv(key, value)                                                                          \
    _Generic((value),                                                                              \
             char *: ci_kv_str,                                                                    \
             const char *: ci_kv_str,                                                              \
             int: ci_kv_num,                                                                       \
             unsigned: ci_kv_num,                                                                  \
             long: ci_kv_num,                                                                      \
             unsigned long: ci_kv_num,                                                             \
             bool: ci_kv_num)((key), (value))

#define ci_log(level, event, ...)                                                                  \
    ci_log_kv((level), (event), (const struct ci_kv[]){__VA_ARGS__},                               \
              sizeof((const struct ci_kv[]){__VA_ARGS__}) / sizeof(struct ci_kv))

void ci_log_kv(enum ci_level level, const char *event, const struct ci_kv *kv, size_t count);

/* Sets the least level that is written and the `service` of every line. Before threads start. */
void ci_log_setup(const char *service, enum ci_level least);

/* "debug" "info" "warn" "error"; false for anything else. */
bool ci_level_parse(const char *text, enum ci_level *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building blocks every other header may use: attributes, scope cleanup,
 * byte ranges, lists, and the three kinds of time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CI_MUST_USE __attribute__((warn_unused_result))
#define CI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define CI_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Runs fn(&variable) when the variable leaves scope, on every return path. */
#define CI_CLEANUP(fn) __attribute__((cleanup(fn)))

/* Moves ownership out of a cleanup variable: yields the value, leaves NULL. */
#define CI_STEAL(ptr)                                                                              \
    ({                                                                                             \
        __typeof__(ptr) stolen_ = (ptr);                                                           \
        (ptr) = NULL;                                                                              \
        stolen_;                                                                                   \
    })

/* Bytes that somebody else owns; not NUL-terminated unless said so. */
struct ci_bytes {
    const void *data;
    size_t len;
};

/* A list of strings; the array and the strings live where their owner says. */
struct ci_strs {
    const char *const *items;
    size_t count;
};

/* A list of 64-bit integers. */
struct ci_i64s {
    const int64_t *items;
    size_t count;
};

/* An integer that may be absent: SQL NULL, JSON null. */
struct ci_maybe {
    bool set;
    int64_t value;
};

/* Microseconds since 1970-01-01 UTC. What users and the database see. 0 stands for "none". */
struct ci_time {
    int64_t us;
};

/* Microseconds of CLOCK_MONOTONIC: for deadlines and durations inside one process only. */
struct ci_mono {
    int64_t us;
};

/* Microseconds, always >= 0 unless a function says otherwise. */
struct ci_dur {
    int64_t us;
};

static inline struct ci_time ci_time_add(struct ci_time t, struct ci_dur d)
{
    return (struct ci_time){t.us + d.us};
}

static inline struct ci_mono ci_mono_add(struct ci_mono t, struct ci_dur d)
{
    return (struct ci_mono){t.us + d.us};
}

/* later - earlier; negative when the arguments are the wrong way round. */
static inline struct ci_dur ci_mono_since(struct ci_mono later, struct ci_mono earlier)
{
    return (struct ci_dur){later.us - earlier.us};
}

static inline struct ci_dur ci_seconds(int64_t s)
{
    return (struct ci_dur){s * 1000000};
}

static inline struct ci_dur ci_millis(int64_t ms)
{
    return (struct ci_dur){ms * 1000};
}

static inline struct ci_maybe ci_some(int64_t value)
{
    return (struct ci_maybe){true, value};
}

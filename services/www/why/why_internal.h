/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of why_judge() share; for why_*.c only. */
#pragma once

#include "why/why.h"

/* A judgement under way. */
struct judging {
    const struct why_facts *facts;
    void *mem;
    struct why_gate *gates;
    size_t count;
    /* Workers that every gate so far lets through; where one leaves none, those before it, so that
     * the later gates can still tell something. */
    const struct why_worker **alive;
    size_t alive_count;
    /* Those that take builds, full or not, and their slots; filled by why_slots(). */
    const struct why_worker **pool;
    size_t pool_count;
    int64_t slots, free;
    struct ci_strs held;     /* builds in the way of locks */
    bool hopeless;           /* something must be changed first: no time can be told */
    struct ci_time earliest; /* it can't start before; 0: now */
};

/* ---- texts ---- */

/* Names that become text and list. */
struct why_names {
    const char **items;
    size_t count, size;
};
struct why_names why_names_new(void *mem, size_t size);
void why_name(struct why_names *names, const char *name);
/* "a, b and 7 more" */
const char *why_enumerate(void *mem, const struct why_names *names);
/* The first WHY_NAMES. */
struct ci_strs why_list(const struct why_names *names);
/* "2026-01-02T03:04:05Z" */
const char *why_when(void *mem, struct ci_time time);
/* "12 s", "3 m 20 s", "2 h 5 m" */
const char *why_lasting(void *mem, int64_t us);
/* "1 worker", "2 workers" */
const char *why_number(void *mem, int64_t count, const char *noun);

enum { WHY_GATES = 24 }; /* gates of one judgement; attempts beyond are left out */

struct why_gate *why_add(struct judging *judging, const char *gate, bool open, const char *text);
/* It can't start before this. */
void why_not_before(struct judging *judging, struct ci_time time);

/* The gates of a pending request, in their order. */
void why_workers(struct judging *judging); /* labels, chosen_worker, connected, paused, slots ... */
void why_slots(struct judging *judging, const struct why_worker *const *matching,
               size_t match_count);
void why_condition(struct judging *judging);
void why_locks(struct judging *judging);

/* ---- workers ---- */

typedef bool why_test(const struct judging *judging, const struct why_worker *worker);
/* Keeps the workers alive that pass, unless none does: false then. */
bool why_narrow(struct judging *judging, why_test *test);
/* Those alive, in a list of their own. */
const struct why_worker **why_alive(const struct judging *judging);
/* Those alive that pass, or that do not. */
struct why_names why_names_where(const struct judging *judging, why_test *test, bool passes);
/* What keeps each of `list` from building, the first few. */
void why_say_absent(struct ci_buf *out, const struct judging *judging,
                    const struct why_worker *const *list, size_t count);

bool why_is_among(const struct why_worker *const *list, size_t count, int64_t workerid);

/* When it will start and end, by its builder's history; NULL: there is none. */
const struct why_estimate *why_estimate_pending(const struct judging *judging);
const struct why_estimate *why_estimate_running(const struct judging *judging,
                                                const struct why_build *build);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the processes of an installation are known: each says at its start and
 * every CI_REPLICA_EVERY_S seconds that it is there. Nothing depends on it but
 * what people are shown. Any thread.
 */
#pragma once

#include "shared/loop.h"

enum { CI_REPLICA_EVERY_S = 10 };

struct ci_replica {
    const char *service, *version, *host;
    int64_t pid;
    struct ci_time started_at;
    struct ci_time at; /* when it said so, by its own clock */
};

/* Notes which process this is; once, before threads start. `service` lives as long as it. */
void ci_replica_begin(const char *service, struct ci_time now);
/* This process; `at` is its start. */
struct ci_replica ci_replica_self(void);
/* A loop of every service, which tells of it on the bus. */
extern const struct ci_loop ci_replica_loop;
/* Reads what a process has told; texts in mem. False for what none of ours would tell. */
CI_MUST_USE bool ci_replica_read(const char *data, size_t len, void *mem, struct ci_replica *out);

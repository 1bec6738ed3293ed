/* SPDX-License-Identifier: Apache-2.0 */
/* What background.c and ready.c share. */
#pragma once

#include "background.h"
#include "build.h"

#include <pthread.h>
#include <regex.h>

struct service {
    struct service *next; /* the one that was started before */
    struct step *step;
    struct worker worker;
    struct command command;
    struct under_way here;
    struct steplog_gate gate;
    struct observer observer;
    regex_t pattern; /* of log:REGEX */
    bool has_pattern;
    pthread_t thread;
    struct ci_mono begin;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool seen; /* the line of log:REGEX came */
    bool over;
    struct outcome outcome;
    struct ci_mono ended;
};

/* Waits until it is ready, at most so long as its definition allows; false with *end filled. */
CI_MUST_USE bool ready_wait(struct service *service, struct step_end *end);

/* Sees the lines for log:REGEX; false with *end filled: that pattern is none. */
CI_MUST_USE bool ready_prepare(struct service *service, struct step_end *end);

/* Waits at most so long for news; true when the command is over. */
bool service_wait(struct service *service, struct ci_dur limit);

/* "signal 11", "exit code 2": how it ended. */
const char *service_ending(const struct service *service, void *mem);

/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a step's command. Runs in the supervisor, which has one thread. */
#pragma once

#include "wire.h"

#include <sys/types.h>

struct order {
    uint32_t number;
    struct ci_dur sigterm_time;
    int interrupt; /* signal number */
    bool pty;
    const char *dir;
    char **argv, **env; /* NULL-terminated */
    int out, err, in;   /* closed by order_release(); in: -1 for /dev/null */
    char *blob;         /* what the strings stand in */
};

/* Receives what follows the order's first packet, whose descriptors are in `fds`. False: broken
 * off. */
CI_MUST_USE bool order_receive(int ctl, const struct wire_message *first, const int fds[WIRE_FDS],
                               struct order *out);
void order_release(struct order *order);

/*
 * Starts the command as leader of a session of its own, whose terminal is
 * stdin with `pty`; in cgroup `group` unless that is -1. WIRE_STARTED, or what
 * failed with *error.
 */
enum wire_stage order_start(const struct order *order, int group, pid_t *pid, int *error);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that forks supervisors. It leaves the agent's main() before any
 * thread or library is set up, so that a fork copies next to nothing, and it
 * ends whatever a supervisor that was itself killed leaves behind.
 */
#pragma once

#include "shared/err.h"

#include <sys/types.h>

struct spawner {
    int fd; /* any thread may write */
    pid_t pid;
};

/* Forks it; before any thread starts. `cgroup` is the folder for the steps' groups, or NULL. */
CI_MUST_USE bool spawner_start(const char *cgroup, struct spawner *out, struct ci_err *err);

/* Ends it, its supervisors and every step at once, and waits until nothing is left. */
void spawner_stop(struct spawner *spawner);

/* A new supervisor's socket (wire.h); closing it ends the supervisor. Any thread. */
CI_MUST_USE bool spawner_get(struct spawner *spawner, int *ctl, struct ci_err *err);

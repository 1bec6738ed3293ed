/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup v2, where the agent may make groups below its own: what a step
 * starts stays in the step's group whatever it does, and cgroup.kill ends all
 * of it at once. No controller is switched on, so the agent's own processes
 * may stay where they are.
 */
#pragma once

#include "shared/mem.h"

/*
 * Makes the group <own>/slipway-agent-<pid> that holds those of the steps, and
 * removes empty ones of agents that are gone. NULL when this machine has no
 * cgroup v2 with cgroup.kill (Linux 5.14) that we may write to. In mem.
 */
char *cgroup_open(void *mem);

/* Makes the group `name` below `base`; returns its folder, open, or -1. */
int cgroup_make(const char *base, const char *name);

/* Removes the group, if no process is left in it. */
void cgroup_remove(const char *base, const char *name);

/* Kills everything in the group; false where that fails. */
bool cgroup_kill(int group);

/* Removes `base` and the groups below it; those with processes stay. */
void cgroup_close(const char *base);

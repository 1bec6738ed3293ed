/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads for builds: as many as run at once. One that has finished a build
 * waits a little for the next, with its supervisor and its buffers, then ends.
 */
#pragma once

#include "build.h"

/* Hands a build to a thread. Lock held. */
void build_threads_add_locked(struct agent *agent, struct build *build);

/* A build waits for others now: one without a thread may take its slot. Lock held. */
void build_threads_look_locked(struct agent *agent);

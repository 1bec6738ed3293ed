/* SPDX-License-Identifier: Apache-2.0 */
/* The poll that is always open: by it come builds and everything that stops them. */
#pragma once

#include "session.h"

/* The polling thread's work: sessions, polls and their commands until the agent stops. */
void *poller_run(void *agent);

/* One poll that does not wait. It ends the open one, which is then made anew. False: no answer. */
CI_MUST_USE bool poller_kick(struct agent *agent, struct ci_client *client, struct ci_err *err);

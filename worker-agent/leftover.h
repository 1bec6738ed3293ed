/* SPDX-License-Identifier: Apache-2.0 */
/* Journals that an earlier run of the agent left: sent to their end. */
#pragma once

#include "agent.h"

/*
 * Takes up every journal in the spool folder. A build that was running when
 * the agent died ends as RETRY. One that can't be read is renamed *.broken
 * and logged. Before threads start.
 */
void leftover_take_up(struct agent *agent);

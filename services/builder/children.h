/* SPDX-License-Identifier: Apache-2.0 */
/* A build that ends takes what it waited for along: its children would build for nobody. */
#pragma once

#include "batch.h"

/*
 * Adds the statements that ask for the end of the unfinished builds and
 * requests that a build has triggered and waited for. These end by the control
 * loop, and take their own children along.
 */
void children_cancel(struct batch *batch, int64_t buildid);

/* SPDX-License-Identifier: Apache-2.0 */
/* The patch of a source: what somebody tries out, on top of a revision. */
#pragma once

#include "checkout.h"

/* In the vcs's folder: what a build changed here must not be in the next one's way. */
#define PATCH_MARK "slipway-patched"

/* Applies checkout->from->patch to checkout->dir; when it can't, the step's end says so. */
void patch_apply(struct checkout *checkout);

/* SPDX-License-Identifier: Apache-2.0 */
/* When an undelivered message is tried again. Plain function. */
#pragma once

#include "shared/base.h"

/*
 * After the attempt-th try (from 1): 30 s, doubling up to 6 h; false when the
 * message is older than 5 days, as RFC 5321 (4.5.4.1) advises to give up then.
 */
bool backoff_next(int attempt, struct ci_time created_at, struct ci_time now, struct ci_time *next);

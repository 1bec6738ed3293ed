/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks. Only main(), the HTTP adapter and the loop driver call them;
 * everything else takes `now` as a parameter. Any thread.
 */
#pragma once

#include "shared/base.h"

struct ci_time ci_time_now(void); /* CLOCK_REALTIME */
struct ci_mono ci_mono_now(void); /* CLOCK_MONOTONIC */

/* "2026-01-02T03:04:05Z" (or with .123456 when micros) into out. */
enum { CI_TIME_TEXT = 32 };
void ci_time_format(struct ci_time t, bool micros, char out[CI_TIME_TEXT]);

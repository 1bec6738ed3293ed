/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes below this one. For a child subreaper: whatever loses its
 * parent comes to it, so ending its children again and again ends everything.
 */
#pragma once

#include "shared/base.h"

#include <sys/types.h>

/* Sends `signal` to our children, except `spared`, and to their process groups. */
void descend_signal(int signal, const pid_t *spared, size_t spared_count);

/*
 * Writes "sleep (pid 12), sh (pid 13)" into out, as many as fit, and returns
 * how many processes live below this one in all.
 */
int descend_names(char *out, size_t size);

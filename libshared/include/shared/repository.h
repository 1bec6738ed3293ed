/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of repositories: the same one is written in many ways, and a hook,
 * a poller and a scheduler must mean the same by them. Pure; any thread.
 */
#pragma once

#include "shared/mem.h"

/*
 * "host/path", or the path of a local one, in mem: without scheme, user,
 * default port, ".git" and slashes at the end, the host in lower case.
 * "git@host:path" is "host/path".
 */
char *ci_repository_short(const char *address, void *mem);

/* True when two addresses name one repository: their short forms are equal. */
bool ci_repository_same(const char *a, const char *b);

/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the web UI. */
#pragma once

#include "shared/mem.h"

/* The folder given, or the first there is: installed beside the program, or built in the tree. */
const char *static_find_dir(const char *given, const char *program, void *mem);

/* Whether a path below the UI's folder may be opened: no "..", no hidden file, nothing absolute. */
bool static_is_safe(const char *path);

/* By the name's ending; application/octet-stream for what no browser needs. */
const char *static_type(const char *path);

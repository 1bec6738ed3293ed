/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the row of rest_paths that a request's path means. Pure. The paths are Buildbot's, and
 * ours. Where a segment may be a number or a name, the number stands first and so wins.
 */
#pragma once

#include "rest/resource.h"

struct path_match {
    const struct rest_path *path;
    const char *text;    /* what was matched, as the caller gave it */
    struct ci_arg *args; /* the path's values, in order: int8 or text */
    size_t nargs;
};

/*
 * `path` is decoded and relative to the API ("builds/7/steps"), `tables` NULL-terminated; false
 * when no row fits.
 */
bool paths_match(const struct rest_path *const *tables, const char *path, void *mem,
                 struct path_match *out);

/* SPDX-License-Identifier: Apache-2.0 */
/* The builds that a command has asked for: what they are, what becomes of them. Main thread only.
 */
#pragma once

#include "api.h"

struct buildset {
    const char *command; /* for what is said on stderr: "force" */
    int64_t bsid;
    json_t *requests; /* {"<builderid>": request}, borrowed */
};

void buildset_print(struct api *api, const struct buildset *buildset);

/* Says on stderr which requests nobody can take now: they would wait without a word. */
void buildset_warn(struct api *api, const struct buildset *buildset);

/* Waits for its end, with a line on stdout for each change of a build if `tell`. */
CI_MUST_USE bool buildset_wait(struct api *api, const struct buildset *buildset, bool tell,
                               int *results, struct ci_err *err);

/* The exit status of a command that waited. */
int buildset_status(int results);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cancelling the other requests of a buildset when one of its builds fails:
 * the cancellers of type failing_buildset, by the rules of Buildbot's
 * FailingBuildsetCanceller.
 */
#pragma once

#include "shared/config.h"

/* The build that failed. */
struct siblings_of {
    int64_t buildsetid, buildrequestid;
    const char *builder; /* name of its request's builder */
};

/* Whether any canceller of `config` looks at failures of this builder. */
bool siblings_matter(const struct ci_config *config, const char *builder);

/*
 * Asks for the end of what the cancellers want to end, in `tx`; *count
 * requests. The control loop sees to them: whoever commits rings it.
 */
CI_MUST_USE bool siblings_cancel(struct ci_tx *tx, const struct ci_config *config,
                                 const struct siblings_of *failed, void *mem, int64_t *count,
                                 struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/* What every call of a running build begins with: which build, whose, and is it alive. */
#pragma once

#include "builder.h"

struct call_build {
    int64_t buildid, number, workerid, builderid, config_version, session, buildsetid;
    struct ci_maybe parent_buildid; /* the build that triggered this one */
    const char *token, *builder, *worker;
    bool complete;
};
extern const struct ci_record call_build_record;

/*
 * The build of the request's path. CI_EDENIED a build of another worker,
 * CI_ECONFLICT a session that was replaced, CI_EGONE a stale attempt or a
 * build that is over, CI_EINVALID no attempt was told.
 */
CI_MUST_USE bool call_begin(struct builder *builder, const struct ci_request *request,
                            struct call_build *out, struct ci_err *err);

/* Whether a build that has this worker, session and token is the sender's; codes as above. */
CI_MUST_USE bool call_check_sender(const struct ci_principal *who, const char *token,
                                   int64_t buildid, int64_t workerid, int64_t session,
                                   const char *stored, struct ci_err *err);

/* The step that the query names, or CI_EINVALID. */
CI_MUST_USE bool call_step(const struct ci_request *request, int *out, struct ci_err *err);
/* When a call that may wait has to answer: by its query `wait`, in seconds; at once unless told. */
struct ci_mono call_until(const struct ci_request *request);
/* The object that a call's body has to be. */
CI_MUST_USE bool call_body(const struct ci_request *request, const struct ci_record *record,
                           void *out, struct ci_err *err);

ci_handler call_trigger, call_trigger_cancel, call_lock, call_unlock, call_put_blob, call_get_blob,
    call_add_artifact, call_list_artifacts;

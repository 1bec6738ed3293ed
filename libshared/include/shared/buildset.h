/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a buildset: the one way in which schedulers, force, rebuild and
 * everything else ask for builds.
 */
#pragma once

#include "shared/bus.h"
#include "shared/db.h"
#include "shared/model.h"

/* One source to build; strings may be NULL where Buildbot says null. */
struct ci_source {
    const char *codebase, *repository, *project; /* NULL counts as "" */
    const char *branch, *revision;               /* NULL: default branch, latest */
    int64_t patchid;                             /* of patches; 0: none */
};

struct ci_buildset_request {
    const char *scheduler; /* name, becomes the property `scheduler`; NULL: none */
    const char *reason;
    const char *external_idstring;
    const struct ci_source *sources;
    size_t source_count;       /* at most one per codebase */
    struct ci_i64s changeids;  /* linked to the buildset */
    json_t *properties;        /* {name: [value, source]}, borrowed, or NULL */
    struct ci_i64s builderids; /* one buildrequest each */
    bool waited_for;           /* a trigger step waits for it */
    int priority;
    struct ci_maybe rebuilt_buildid;
    struct ci_maybe parent_buildid;
    const char *parent_relationship;
};

struct ci_buildset_made {
    int64_t bsid;
    struct ci_i64s brids; /* in mem, in the order of builderids */
};

/*
 * Writes buildset, source stamps (shared by content hash) and requests in
 * `tx`. Without builders the buildset is complete at once (SUCCESS). The
 * caller commits, then calls ci_buildset_announce().
 */
CI_MUST_USE bool ci_buildset_add(struct ci_tx *tx, const struct ci_buildset_request *request,
                                 struct ci_time now, void *mem, struct ci_buildset_made *out,
                                 struct ci_err *err);

/*
 * After the commit: the builder's doorbell, and the events buildsets/<id>/new
 * and buildrequests/<id>/new (read back through db; a failure to read is not
 * an error of the caller: events are best effort).
 */
void ci_buildset_announce(struct ci_db *db, struct ci_bus *bus, const struct ci_buildset_made *made,
                          void *mem);

/* A buildset as its events tell it, with the builders that it is about. */
struct ci_buildset_told {
    struct ci_buildset set; /* first */
    const char *scheduler;
    struct ci_i64s builderids;
};
extern const struct ci_record ci_buildset_told_record;

/* what: "new", with Buildbot's further `scheduler` and null `results`, or "complete". */
void ci_buildset_publish(struct ci_bus *bus, const char *what, const struct ci_buildset_told *told);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a change: for each scheduler whether it built it, keeps it,
 * refused it and by which filter. A plain function over what why_store.h
 * reads; everything it returns lives in mem.
 */
#pragma once

#include "shared/filter.h"

/* A scheduler in force, with what the database knows of it and the change. */
struct why_scheduler {
    int64_t schedulerid;
    const char *name;
    bool enabled;
    struct ci_i64s buildsets;     /* that it made with the change */
    bool kept, important;         /* it keeps the change for its next buildset */
    struct ci_time due_at;        /* of the timer for that; 0: none runs */
    const char *verdict, *reason; /* written down when no scheduler took the change, or NULL */
};

struct why_change_facts {
    const struct ci_config *config;
    struct ci_candidate change;
    bool unseen;                    /* no scheduler has looked at it yet */
    struct ci_list schedulers;      /* struct why_scheduler, by name */
    struct ci_i64s other_buildsets; /* with the change, made by none of those */
};

/* built, kept, refused, unimportant, ignored; missed: it would be taken now, but was not */
struct why_answer {
    int64_t schedulerid;
    const char *scheduler, *verdict, *text;
    struct ci_time until; /* kept until then; null where nothing says when */
    struct ci_i64s buildsets;
    bool evaluated_now; /* by the configuration in force, not when the change came */
};

struct why_change {
    int64_t changeid;
    const char *state; /* unseen, built, kept, refused */
    const char *summary;
    struct ci_list schedulers; /* struct why_answer */
    int64_t config_version;    /* in force: by which `evaluated_now` was */
};
extern const struct ci_record why_change_record;

struct why_change why_change_judge(const struct why_change_facts *facts, void *mem);

/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler's statements: store.c and store_work.c alone include scheduler_sql.h. */
#pragma once

#include "shared/filter.h"

struct scheduler_entry {
    int64_t schedulerid;
    const char *name;
    bool enabled;
};

/* What a scheduler remembers of its timing. */
struct scheduler_memory {
    int64_t schedulerid;
    const char *definition; /* plan_definition() its timer was set by; NULL: none yet */
    int64_t version;        /* of the configuration that definition is from */
    struct ci_time last_build;
    bool last_only_if_changed; /* as it was configured then */
    bool timed;                /* it has a timer */
};

struct timer {
    int64_t schedulerid;
    const char *timer;
    struct ci_time due_at;
    const char *name; /* of the scheduler */
    bool enabled;     /* and in the configuration */
    int64_t version;  /* of the configuration in force */
};

/* What the inbox loop works on. */
struct inbox_batch {
    struct ci_list changes;    /* struct ci_candidate */
    struct ci_list schedulers; /* struct scheduler_entry */
    int64_t version;           /* of the configuration in force */
};

/* A finished buildset that a dependent scheduler may wait for. */
struct completion {
    int64_t bsid;
    const char *scheduler;
    int results;
    struct ci_i64s changeids;
    json_t *sources; /* [{codebase, repository, project, branch, revision, patchid}] */
};

/* What the completions loop works on. */
struct completion_batch {
    struct ci_list completions; /* struct completion */
    struct ci_list schedulers;  /* struct scheduler_entry */
    int64_t version;            /* of the configuration in force */
};

/* What a trigger step asked for, with what it takes over from its build. */
struct trigger {
    int64_t buildid;
    int step;
    json_t *request; /* as the agent sent it */
    bool over;       /* that build, or its request, is complete */
    const char *builder;
    int64_t number;
    int priority;    /* of its request */
    json_t *patches; /* {codebase: patchid} of its sources */
    int64_t version; /* of the configuration in force */
};

/* Why schedulers refused changes: lists of one length. */
struct verdict_rows {
    int64_t *changeids, *schedulerids;
    const char **verdicts, **reasons;
    size_t count;
};

extern const struct ci_record scheduler_entry_record, scheduler_memory_record, timer_record,
    timer_key_record, timer_due_record, important_record, named_id_record, config_version_record,
    completion_record, trigger_record, state_record;

/* Takes at most `limit` changes, and reads the rest, in one round trip. */
CI_MUST_USE bool store_inbox_take(struct ci_tx *tx, int limit, void *mem, struct inbox_batch *out,
                                  struct ci_err *err);
CI_MUST_USE bool store_schedulers(struct ci_tx *tx, void *mem, struct ci_list *out,
                                  struct ci_err *err);
/* Ids of the builders of these names, in their order; names that are no builder are left out. */
CI_MUST_USE bool store_builder_ids(struct ci_tx *tx, struct ci_strs names, void *mem,
                                   struct ci_i64s *out, struct ci_err *err);

CI_MUST_USE bool store_change_keep(struct ci_tx *tx, int64_t schedulerid, const char *timer,
                                   int64_t changeid, bool important, struct ci_err *err);
CI_MUST_USE bool store_changes_take(struct ci_tx *tx, int64_t schedulerid, const char *timer,
                                    void *mem, struct ci_list *out, struct ci_err *err);
CI_MUST_USE bool store_changes_important(struct ci_tx *tx, int64_t schedulerid, const char *timer,
                                         void *mem, bool *out, struct ci_err *err);
/* Timer keys (struct timer with only `timer` set) of kept important changes that have no timer. */
CI_MUST_USE bool store_changes_timerless(struct ci_tx *tx, int64_t schedulerid, void *mem,
                                         struct ci_list *out, struct ci_err *err);

CI_MUST_USE bool store_timer_set(struct ci_tx *tx, int64_t schedulerid, const char *timer,
                                 struct ci_time due, struct ci_err *err);
CI_MUST_USE bool store_timer_move(struct ci_tx *tx, int64_t schedulerid, const char *timer,
                                  struct ci_time due, struct ci_err *err);
/* CI_ENOTFOUND when none is due. */
CI_MUST_USE bool store_timer_take(struct ci_tx *tx, struct ci_time now, void *mem,
                                  struct timer *out, struct ci_err *err);
/* The next after now; 0 without any timer. */
CI_MUST_USE bool store_timer_next(struct ci_tx *tx, struct ci_time now, void *mem,
                                  struct ci_time *out, struct ci_err *err);
CI_MUST_USE bool store_timers_drop(struct ci_tx *tx, struct ci_err *err);

/* Locks the scheduler's row until the end of the transaction. */
CI_MUST_USE bool store_memory_lock(struct ci_tx *tx, int64_t schedulerid, void *mem,
                                   struct scheduler_memory *out, struct ci_err *err);
CI_MUST_USE bool store_definition_set(struct ci_tx *tx, int64_t schedulerid, const char *definition,
                                      int64_t version, void *mem, struct ci_err *err);
CI_MUST_USE bool store_last_build_set(struct ci_tx *tx, int64_t schedulerid, struct ci_time when,
                                      bool only_if_changed, void *mem, struct ci_err *err);

/* A JSON value that a scheduler remembers; NULL when it has none of that key. `take`: and forgets.
 */
CI_MUST_USE bool store_state(struct ci_tx *tx, int64_t schedulerid, const char *key, bool take,
                             void *mem, json_t **out, struct ci_err *err);
/* Takes `value`. */
CI_MUST_USE bool store_state_set(struct ci_tx *tx, int64_t schedulerid, const char *key,
                                 json_t *value, void *mem, struct ci_err *err);
/* For create_absolute_source_stamps; takes `seen`, plan_seen()'s. */
CI_MUST_USE bool store_codebase_seen(struct ci_tx *tx, int64_t schedulerid, const char *codebase,
                                     json_t *seen, void *mem, struct ci_err *err);

CI_MUST_USE bool store_verdicts(struct ci_tx *tx, const struct verdict_rows *rows,
                                struct ci_err *err);

/* Takes at most `limit` completions, and reads the rest, in one round trip. */
CI_MUST_USE bool store_completions_take(struct ci_tx *tx, int limit, void *mem,
                                        struct completion_batch *out, struct ci_err *err);

/* CI_ENOTFOUND when none is open. */
CI_MUST_USE bool store_trigger_take(struct ci_tx *tx, void *mem, struct trigger *out,
                                    struct ci_err *err);
/* error NULL: it is carried out; buildsets: [{bsid, scheduler, important}]. */
CI_MUST_USE bool store_trigger_done(struct ci_tx *tx, const struct trigger *trigger,
                                    const char *error, const json_t *buildsets, void *mem,
                                    struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler's statements: the only file that includes scheduler_sql.h. */
#pragma once

#include "filter.h"
#include "shared/buildset.h"

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
    struct ci_list changes;    /* struct change */
    struct ci_list schedulers; /* struct scheduler_entry */
    int64_t version;           /* of the configuration in force */
};
extern const struct ci_record scheduler_entry_record, scheduler_memory_record, timer_record,
    timer_key_record, timer_due_record, important_record, named_id_record, config_version_record;

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

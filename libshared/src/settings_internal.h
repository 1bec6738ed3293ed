/* SPDX-License-Identifier: Apache-2.0 */
/* What reading flags, reading values and printing the help of settings share. */
#pragma once

#include "shared/settings.h"

/* A value as text, and the flag or variable it came from. */
struct ci_given {
    const char *text; /* NULL: not given */
    const char *from;
};

/* A row of the tables with what the flags say about it. */
struct ci_slot {
    const struct ci_setting *row;
    bool flag_only;
    struct ci_given value;
    struct ci_given file; /* --name-file, of secrets */
};

struct ci_slots {
    struct ci_slot *items;
    size_t count;
};

enum ci_flags_seen { CI_FLAGS_RUN, CI_FLAGS_HELP, CI_FLAGS_VERSION };

/* One slot for each row of all tables, in mem. */
struct ci_slots ci_slots_new(const struct ci_settings_table *tables, size_t ntables, void *mem);

/* "--database-url" and the suffix, in mem. */
const char *ci_setting_flag(const struct ci_setting *row, const char *suffix, void *mem);

/* Fills the slots from argv; *rest as in ci_settings_load(). */
CI_MUST_USE bool ci_flags_read(struct ci_slots *slots, int argc, char **argv, void *mem, int *rest,
                               enum ci_flags_seen *seen, struct ci_err *err);

/* Prints --help on stdout. */
void ci_settings_help(const char *program, const char *summary, const struct ci_slots *slots,
                      void *mem);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process settings: flags and SLIPWAY_* variables from one table, which also
 * prints --help and docs/settings.md. A row DATABASE_URL is the flag
 * --database-url VALUE (or --database-url=VALUE) and the variable
 * SLIPWAY_DATABASE_URL; the flag wins. A secret row may also be given as a
 * file: --admin-token-file PATH, SLIPWAY_ADMIN_TOKEN_FILE (its text without
 * the last newline).
 */
#pragma once

#include "shared/record.h"

enum ci_setting_type {
    CI_SET_STR,      /* const char *; an empty value counts as given */
    CI_SET_SECRET,   /* const char *, never printed */
    CI_SET_ADDRESS,  /* const char *: "ADDR:PORT", "[::1]:80", ":0"; checked */
    CI_SET_INT,      /* int, min..max */
    CI_SET_DURATION, /* struct ci_dur, as ci_dur_parse, min..max in seconds */
    CI_SET_BOOL,     /* bool: a flag without value, or true/false in the variable */
    CI_SET_LEVEL,    /* enum ci_level */
    CI_SET_PATH,     /* const char * */
};

struct ci_setting {
    const char *name; /* DATABASE_URL */
    enum ci_setting_type type;
    size_t offset;
    const char *fallback; /* text; NULL: required, unless CI_SET_OPTIONAL */
    const char *help;     /* one line that names the unit */
    long min, max;        /* CI_SET_INT, CI_SET_DURATION (seconds); both 0: any */
};

/* As fallback: stays NULL / 0 when not given. Its address is what counts. */
/* NOLINTNEXTLINE(readability-identifier-naming): a constant, named as one */
extern const char CI_SET_OPTIONAL[];

struct ci_settings_table {
    const struct ci_setting *rows;
    size_t count;
    bool flags_only; /* what one call asks for: a variable must not slip in from elsewhere */
};

enum ci_settings_outcome { CI_SETTINGS_RUN, CI_SETTINGS_DONE };

/*
 * Fills *out (zeroed) from argv and the environment by the tables; strings
 * are tied to mem. *rest = index of the first argument that is no flag; a
 * program that takes none refuses it by passing rest NULL. CI_SETTINGS_DONE:
 * --help or --version was printed on stdout and the process should exit 0.
 * Fails with CI_EINVALID naming the flag or variable at fault, with the
 * nearest known name for an unrecognized flag.
 */
CI_MUST_USE bool ci_settings_load(const char *program, const char *summary,
                                  const struct ci_settings_table *tables, size_t ntables, int argc,
                                  char **argv, void *mem, void *out, int *rest,
                                  enum ci_settings_outcome *outcome, struct ci_err *err);

/* The nearest of `names` to `text` by edit distance, or NULL when none is near. For hints. */
const char *ci_nearest(const char *text, const char *const *names, size_t count);

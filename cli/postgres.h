/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private PostgreSQL cluster of `slipway up`: made once with initdb below
 * the state folder, reached by a Unix socket in a folder that only its user
 * (and root) can enter, no TCP. PostgreSQL refuses to run as root: there it
 * runs as the user postgres, else nobody.
 */
#pragma once

#include "supervisor.h"

struct postgres {
    struct child child;
    const char *bin_dir;
    const char *data_dir, *run_dir;
    const char *url; /* for SLIPWAY_DATABASE_URL */
};

/*
 * Finds the server's programs (SLIPWAY_PG_BINDIR, /usr/lib/postgresql/<n>/bin, PATH), makes the
 * cluster when there is none, and fills *out for supervisor_add(). Everything lives in mem.
 */
CI_MUST_USE bool postgres_prepare(void *mem, const char *state_dir, struct postgres *out,
                                  struct ci_err *err);

/* Makes the database `slipway` in the running server, once; CI_EUNAVAILABLE while it starts. */
CI_MUST_USE bool postgres_make_database(const struct postgres *postgres, void *mem,
                                        struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state folder of `slipway up`: what is in it, and where it is looked for.
 *
 *     <state>/lock              held while up runs
 *     <state>/url               where the web UI answers
 *     <state>/admin.token       mode 600
 *     <state>/enrolment.token   mode 600; for the agents that up starts
 *     <state>/secrets/          one file each, for {secret: NAME}
 *     <state>/log/<name>.log    of each process
 *     <state>/postgres/, run/, changes/, agents/local-<n>/
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* The folder that is used without --state: /var/lib/slipway for root, else XDG's state folder. */
const char *state_default_dir(void *mem);

/* The path of `name` in the folder, in mem. */
const char *state_path(void *mem, const char *dir, const char *name);

/* Makes the folder and its parents; an existing one is fine. */
CI_MUST_USE bool state_make_dir(const char *path, unsigned mode, struct ci_err *err);

/* A whole small file into mem; CI_ENOTFOUND when there is none. */
CI_MUST_USE bool state_read(void *mem, const char *path, struct ci_bytes *out, struct ci_err *err);

/* Replaces a file by rename. */
CI_MUST_USE bool state_write(const char *path, const char *text, unsigned mode, struct ci_err *err);

/* The token kept in `path`, made (32 random bytes, base64url) at first; *made says which. */
CI_MUST_USE bool state_token(void *mem, const char *path, const char **token, bool *made,
                             struct ci_err *err);

/* Takes the folder's lock for the life of the process; CI_ECONFLICT when another up holds it. */
CI_MUST_USE bool state_lock(void *mem, const char *dir, struct ci_err *err);

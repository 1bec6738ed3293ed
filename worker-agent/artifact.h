/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifacts between the agent and the builder service: lists of pieces, each
 * named by its SHA-256. A piece that the store has is not sent again.
 */
#pragma once

#include "step.h"

#include <sys/stat.h>

enum { ARTIFACT_PIECE = 4 << 20, ARTIFACT_HASH = 32, ARTIFACT_HEX = 65 };

/* SHA-256 in hexadecimal digits. */
void artifact_hex(const void *hash, char out[ARTIFACT_HEX]);

/* A file on its way up. */
struct artifact {
    const char *name; /* that it gets */
    int fd;           /* at any place */
    struct stat info; /* of it */
    bool keep_stamp;
    struct ci_dur keep; /* 0: as retention says */
};

/*
 * Stores it as an artifact of the step. CI_ETOOLARGE: over a limit of the
 * installation; CI_EGONE: the step was stopped; CI_ECONFLICT: it changed
 * while it was read.
 */
CI_MUST_USE bool artifact_put(struct step *step, const struct artifact *artifact,
                              struct ci_mono begin, struct ci_err *err);

/*
 * Fetches what a list of the builder names: `item` is an object of it, `path`
 * (normal, below.h) where it goes below root; folders are made. `mode`: -1 as
 * uploaded. The file is there whole, or as it was before.
 */
CI_MUST_USE bool artifact_get(struct step *step, json_t *item, int root, const char *path, int mode,
                              struct ci_mono begin, struct ci_err *err);

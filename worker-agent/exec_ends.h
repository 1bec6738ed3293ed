/* SPDX-License-Identifier: Apache-2.0 */
/* The ends of a command's stdin, stdout and stderr: pipes, or one terminal. */
#pragma once

#include "exec.h"
#include "wire.h"

struct ends {
    int out, err;        /* to read from, not blocking; err -1 with a terminal, which is `out` */
    int given[WIRE_FDS]; /* the command's stdout, stderr, stdin (-1: none) */
};

CI_MUST_USE bool ends_make(const struct command *command, struct ends *out, struct ci_err *err);
/* The command has them now, or will never. */
void ends_close_given(struct ends *ends);
void ends_close(struct ends *ends); /* those to read from */

/* SPDX-License-Identifier: Apache-2.0 */
/* Handing a command to the thread's supervisor. */
#pragma once

#include "exec.h"

enum ordered { ORDER_GIVEN, ORDER_CANCELLED, ORDER_FAILED };

/*
 * Gets a supervisor if need be, makes the pipes and sends the order; from now
 * on build_cancel_locked() reaches the command. *out_fd and *err_fd are the
 * ends to read from, not blocking; the caller closes them.
 */
enum ordered order_give(struct worker *worker, struct build *build, const struct command *command,
                        int *out_fd, int *err_fd, struct ci_err *err);

/* The command is over: nobody may stop it any more. True: it was to be stopped. */
bool order_done(struct build *build);

/* The supervisor is of no more use; the next order gets another. */
void worker_forget_supervisor(struct worker *worker);

/* SPDX-License-Identifier: Apache-2.0 */
/* Handing a command to the thread's supervisor. */
#pragma once

#include "exec_ends.h"

enum ordered { ORDER_GIVEN, ORDER_CANCELLED, ORDER_FAILED };

/*
 * Gets a supervisor if need be, makes the ends and sends the order; from now
 * on build_cancel_locked() reaches the command, which `command->here` stands
 * for. out->out and out->err are for the caller to close.
 */
enum ordered order_give(struct worker *worker, struct build *build, const struct command *command,
                        struct ends *out, struct ci_err *err);

/* The command is over: nobody may stop it any more. True: it was to be stopped. */
bool order_done(struct build *build, struct under_way *here);

/* The supervisor is of no more use; the next order gets another. */
void worker_forget_supervisor(struct worker *worker);

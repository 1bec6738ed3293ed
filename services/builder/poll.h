/* SPDX-License-Identifier: Apache-2.0 */
/* Answering polls: what the agent holds against what the database says, then the wait. */
#pragma once

#include "builder.h"

/*
 * Takes a poll in, waits until there are commands or `until`, and sets
 * *commands (a new reference, NULL: none). CI_ECONFLICT: the session was
 * replaced. CI_EUNAVAILABLE: the service is stopping.
 */
CI_MUST_USE bool poll_run(struct builder *builder, struct hub_poll *poll, struct ci_mono until,
                          void *mem, json_t **commands, struct ci_err *err);

/* Takes over what the database says of workers that poll here. */
CI_MUST_USE bool poll_refresh_workers(struct builder *builder, struct ci_i64s workers, void *mem,
                                      struct ci_err *err);

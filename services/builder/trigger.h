/* SPDX-License-Identifier: Apache-2.0 */
/* What has become of a trigger step's request: reading the database's answer. No I/O. */
#pragma once

#include "shared/mem.h"
#include "shared/record.h"

/* A row of trigger_status.sql. */
struct trigger_status {
    bool done;         /* the scheduler has made the buildsets */
    const char *error; /* or why it could not */
    json_t *requests;  /* [{brid, builder, scheduler, important, complete, results, builds}] */
};
extern const struct ci_record trigger_status_record;

/* Nothing more will happen: refused, or every request is complete. */
bool trigger_complete(const struct trigger_status *status);
/* The worst of the important requests; EXCEPTION when there was an error. */
int trigger_results(const struct trigger_status *status);
/* The ids of its requests, in mem. */
struct ci_i64s trigger_requests(const struct trigger_status *status, void *mem);
bool trigger_equal(const struct trigger_status *a, const struct trigger_status *b);
/* The answer to the agent: a new reference. */
json_t *trigger_json(const struct trigger_status *status);

/* What an agent asks for. CI_EINVALID: it could not be stored and understood later. */
CI_MUST_USE bool trigger_check(json_t *body, void *mem, struct ci_err *err);

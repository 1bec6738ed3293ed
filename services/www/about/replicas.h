/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes of the installation were heard of lately. Any thread. */
#pragma once

#include "shared/replica.h"
#include "shared/service.h"

/* Of more, those that are silent longest are forgotten first. */
enum { REPLICAS_MOST = 256, REPLICAS_SILENT_S = 35, REPLICAS_FORGOTTEN_S = 600 };

struct replica_row {
    const char *service, *version;
    const char *host; /* NULL: who asks is not to know */
    int64_t pid;
    struct ci_time started_at, heard_at;
    bool alive; /* heard of within REPLICAS_SILENT_S */
    bool own;   /* the one that answers */
};
extern const struct ci_record replica_row_record;

struct replicas;

CI_MUST_USE bool replicas_start(struct ci_bus *bus, struct replicas **out, struct ci_err *err);
/* After the bus is closed; NULL-safe. */
void replicas_free(struct replicas *replicas);
/* What somebody has told. */
void replicas_note(struct replicas *replicas, const struct ci_replica *told);
/* struct replica_row by service and start, this process always among them; in mem. `whole`: with
 * hosts and process ids. */
struct ci_list replicas_list(struct replicas *replicas, struct ci_time now, bool whole, void *mem);

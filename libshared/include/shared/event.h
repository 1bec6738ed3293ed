/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live events: after a commit, what changed is told to whoever listens.
 * `slipway.event.<key>` with the key's slashes as dots, e.g. key
 * "builds/17/finished" goes out as slipway.event.builds.17.finished. Keys and
 * payloads are those of Buildbot's section "Events": one message per key;
 * www adds the second keys ("builders/1/builds/3/finished") itself.
 */
#pragma once

#include "shared/bus.h"
#include "shared/model.h"

/* resource "builds", id 17, what "finished"; payload = the record's JSON. */
void ci_event_publish(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                      const struct ci_record *record, const void *value);
void ci_event_publish_json(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                           json_t *payload); /* payload borrowed */

/*
 * The same for what carries no builderid of its own: the builders that it is
 * about, which decides who may hear of it; without any it is for everybody.
 */
void ci_event_publish_about(struct ci_bus *bus, const char *resource, int64_t id, const char *what,
                            const struct ci_record *record, const void *value,
                            struct ci_i64s builders);
void ci_event_publish_json_about(struct ci_bus *bus, const char *resource, int64_t id,
                                 const char *what, json_t *payload, struct ci_i64s builders);

/* "started" or "stopped": {masterid, name, active}, without the time. */
void ci_event_publish_master(struct ci_bus *bus, const struct ci_master_row *master,
                             const char *what);

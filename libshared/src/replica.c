/* SPDX-License-Identifier: Apache-2.0 */
/* Tells of this process, and reads what others tell of themselves. */
#include "shared/replica.h"

#include "shared/json.h"
#include "shared/service.h"
#include "shared/subjects.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOLD_MOST = 2000, TEXT_MOST = 200 };

static struct {
    char host[TEXT_MOST];
    const char *service;
    struct ci_time started_at;
} own = {.service = ""};

void ci_replica_begin(const char *service, struct ci_time now)
{
    own.service = service;
    own.started_at = now;
    if (gethostname(own.host, sizeof(own.host) - 1) != 0)
        strcpy(own.host, "unknown");
}

struct ci_replica ci_replica_self(void)
{
    return (struct ci_replica){
        .service = own.service,
        .version = SLIPWAY_VERSION,
        .host = own.host,
        .pid = getpid(),
        .started_at = own.started_at,
        .at = own.started_at,
    };
}

static const struct ci_field fields[] = {
    CI_FIELD(struct ci_replica, service, CI_REQUIRED | CI_NOT_EMPTY),
    CI_FIELD(struct ci_replica, version, CI_REQUIRED),
    CI_FIELD(struct ci_replica, host, CI_REQUIRED),
    CI_FIELD(struct ci_replica, pid, CI_REQUIRED),
    CI_FIELD(struct ci_replica, started_at, CI_REQUIRED | CI_MICROS),
    CI_FIELD(struct ci_replica, at, CI_REQUIRED | CI_MICROS),
};
/* Open: a newer one may tell more. */
static const struct ci_record record = {
    .name = "replica",
    .fields = fields,
    .count = CI_COUNT(fields),
    .size = sizeof(struct ci_replica),
    .open = true,
};

static bool tell(void *service, struct ci_tick *tick, struct ci_err *err)
{
    const struct ci_app *app = service;
    struct ci_replica self = ci_replica_self();
    char *text;

    (void)err;
    self.at = tick->now;
    text = json_dumps(ci_mem_json(tick->mem, ci_record_to_json(&record, &self)), JSON_COMPACT);
    if (text)
        ci_bus_publish(app->bus, CI_SUBJECT_REPLICA, text, strlen(text));
    free(text);
    return true;
}

const struct ci_loop ci_replica_loop = {
    .name = "replica",
    .every = {CI_REPLICA_EVERY_S * 1000000},
    .tick = tell,
};

static bool is_short(const char *text)
{
    return text && strlen(text) < TEXT_MOST;
}

bool ci_replica_read(const char *data, size_t len, void *mem, struct ci_replica *out)
{
    json_error_t why;
    struct ci_err ignored;
    json_t *told = len <= TOLD_MOST ? ci_json_read(data, len, 0, &why) : NULL;

    *out = (struct ci_replica){0};
    return told && ci_record_from_json(&record, ci_mem_json(mem, told), mem, out, &ignored) &&
           is_short(out->service) && is_short(out->version) && is_short(out->host) &&
           out->pid > 0 && out->at.us > 0;
}

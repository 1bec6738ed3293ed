/* SPDX-License-Identifier: Apache-2.0 */
/* Tells everybody who may read which versions run; admins also where, and how the database is. */
#include "about/about_api.h"

#include "about/replicas.h"
#include "access/access.h"
#include "access/origin.h"
#include "reply.h"
#include "shared/history.h"
#include "www.h"
#include "www_sql.h"

struct about_store {
    const char *server_version;
    int64_t migration, size_bytes, connections, connections_most;
    struct ci_maybe lag_s; /* null: there is no standby that tells */
    int64_t builders, workers, changes, buildrequests, builds;
};

struct about {
    const char *version;
    int64_t config_version;
    bool bus_connected;
    struct ci_maybe history_events; /* null: no history */
    struct ci_list replicas;
    const struct about_store *store; /* null: who asks is no admin */
};

static const struct ci_field store_fields[] = {
    CI_FIELD(struct about_store, server_version, 0),
    CI_FIELD(struct about_store, migration, 0),
    CI_FIELD(struct about_store, size_bytes, 0),
    CI_FIELD(struct about_store, connections, 0),
    CI_FIELD(struct about_store, connections_most, 0),
    CI_FIELD(struct about_store, lag_s, 0),
    CI_FIELD(struct about_store, builders, 0),
    CI_FIELD(struct about_store, workers, 0),
    CI_FIELD(struct about_store, changes, 0),
    CI_FIELD(struct about_store, buildrequests, 0),
    CI_FIELD(struct about_store, builds, 0),
};
static const struct ci_record store_record =
    CI_RECORD("about_store", struct about_store, store_fields);

static const struct ci_field about_fields[] = {
    CI_FIELD(struct about, version, 0),
    CI_FIELD(struct about, config_version, 0),
    CI_FIELD(struct about, bus_connected, 0),
    CI_FIELD(struct about, history_events, 0),
    CI_FIELD_LIST(struct about, replicas, &replica_row_record, 0),
    CI_FIELD_OBJECT(struct about, store, &store_record, 0),
};
const struct ci_record about_record = CI_RECORD("about", struct about, about_fields);

static bool read_store(struct ci_db *db, void *mem, const struct about_store **out,
                       struct ci_err *err)
{
    struct about_store *store = ci_mem_zero(mem, struct about_store);
    CI_AUTO_TX tx = {0};

    *out = store;
    return ci_tx_read(db, &tx, err) &&
           ci_db_one(&tx, &sql_about_store, CI_NO_ARGS, &store_record, mem, store, err);
}

bool about_check(struct ci_db *db, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct about_store *store;

    return read_store(db, mem, &store, err);
}

/* How much the history holds; null where there is none, or nobody who could tell. */
static struct ci_maybe history_events(struct ci_bus *bus)
{
    struct ci_history history;
    struct ci_err ignored;

    if (!ci_bus_connected(bus) || !ci_history_open(bus, &history, &ignored))
        return (struct ci_maybe){0};
    return (struct ci_maybe){true, history.last - history.first + 1};
}

bool about_get(void *service, const struct ci_request *request, struct ci_response *response,
               struct ci_err *err)
{
    struct www *www = www_of(service);
    const struct identity *who;
    struct ci_err ignored;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);

    if (!origin_allows(www, request, response))
        return reply_error(request, response, 400, "invalid origin");
    if (!access_check(www, request, CI_ACTION_READ, NULL, &who, err))
        return false;
    bool admin = access_is_admin(config, who, &ignored);
    struct about about = {
        .version = SLIPWAY_VERSION,
        .config_version = config->version,
        .bus_connected = ci_bus_connected(www->app->bus),
        .replicas = replicas_list(www->replicas, request->now, admin, request->mem),
    };
    if (admin && !read_store(www->app->db, request->mem, &about.store, err))
        return false;
    if (admin)
        about.history_events = history_events(www->app->bus);
    ci_response_header(request, response, "Cache-Control", "no-store");
    reply_json(request, response, ci_record_to_json(&about_record, &about));
    return true;
}

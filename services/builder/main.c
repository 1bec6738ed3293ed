/* SPDX-License-Identifier: Apache-2.0 */
/* builder: gives builds to worker agents and stores what they report. Start reading at api.c. */
#include "api.h"
#include "builder.h"
#include "loops.h"

static bool start(struct ci_app *app, struct ci_err *err)
{
    struct builder *builder = builder_new(app, ci_time_now());

    if (!waits_listen(builder->waits, app->bus, err) || !builder_listen(builder, err)) {
        builder_free(builder); /* start() may be tried again */
        return false;
    }
    app->state = builder;
    return true;
}

/* Long polls are answered now, so that the agents turn to another replica. */
static void drain(struct ci_app *app)
{
    hub_drain(builder_of(app)->hub);
    bell_stop(builder_of(app)->locks);
    waits_stop(builder_of(app)->waits);
    ci_depot_stop(builder_of(app)->depot);
}

static void stop(struct ci_app *app)
{
    builder_free(app->state);
    app->state = NULL;
}

int main(int argc, char **argv)
{
    const struct ci_service service = {
        .name = "builder",
        .summary = "gives builds to worker agents and stores what they report",
        .listen = "0.0.0.0:9989",
        .settings = builder_settings_rows,
        .setting_count = builder_settings_count,
        .settings_size = sizeof(struct builder_settings),
        .routes = api_routes,
        .route_count = api_route_count,
        .authenticate = api_authenticate,
        .loops = builder_loops,
        .loop_count = builder_loop_count,
        .start = start,
        .drain = drain,
        .stop = stop,
    };

    return ci_service_main(&service, argc, argv);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers and loops of the builder service share. */
#include "builder.h"

#include "shared/subjects.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct builder *builder_new(struct ci_app *app, struct ci_time now)
{
    struct builder *builder = calloc(1, sizeof(*builder));

    if (!builder)
        abort();
    builder->app = app;
    builder->settings = app->settings;
    builder->hub = hub_new();
    builder->passwords = passwords_new();
    builder->tokens = tokens_new();
    builder->locks = bell_new();
    builder->waits = waits_new();
    builder->depot = ci_depot_new(builder->settings->artifacts_dir,
                                  builder->settings->common.secrets_dir, app->config);
    builder->started_at = now;
    builder->config_seen = -1;
    builder->secrets = start_secrets_new(app->common->secrets_dir);
    claim_cache_init(&builder->claims);
    return builder;
}

void builder_free(struct builder *builder)
{
    if (!builder)
        return;
    hub_free(builder->hub);
    passwords_free(builder->passwords);
    tokens_free(builder->tokens);
    bell_free(builder->locks);
    waits_free(builder->waits);
    ci_depot_free(builder->depot);
    start_secrets_free(builder->secrets);
    claim_cache_release(&builder->claims);
    free(builder);
}

void builder_wake_claims(struct builder *builder)
{
    if (builder->backlog && builder->app->loops && ci_mono_now().us >= builder->claims_paced)
        ci_loops_wake(builder->app->loops, "claim");
}

void builder_over(struct builder *builder, int64_t workerid, int64_t build, bool stale)
{
    struct ci_bus *bus = builder->app->bus;
    char subject[96];

    if (hub_over(builder->hub, workerid, build, stale) || !bus || !ci_bus_connected(bus))
        return;
    snprintf(subject, sizeof(subject), CI_SUBJECT_OVER_PREFIX "%" PRId64 ".%" PRId64 ".%d",
             workerid, build, stale);
    ci_bus_ring(bus, subject);
}

/* "1.2.0" as numbers; false: it is not of three. */
static bool parse(const char *text, int64_t numbers[3])
{
    for (size_t i = 0; i < 3; i++) {
        char *end;

        numbers[i] = strtoll(text, &end, 10);
        if (end == text || *end != (i < 2 ? '.' : '\0'))
            return false;
        text = end + 1;
    }
    return true;
}

/* `data` NULL: the bus is back; what was missed the agents' next polls tell. */
static void hear_over(void *user, const char *subject, const char *data, size_t len)
{
    struct builder *builder = user;
    int64_t numbers[3];

    (void)len;
    if (data && parse(subject + strlen(CI_SUBJECT_OVER_PREFIX), numbers) &&
        hub_over(builder->hub, numbers[0], numbers[1], numbers[2] != 0))
        builder_wake_claims(builder);
}

bool builder_listen(struct builder *builder, struct ci_err *err)
{
    return ci_bus_subscribe(builder->app->bus, CI_SUBJECT_OVER_ALL, hear_over, builder, err);
}

void builder_new_work(struct builder *builder)
{
    builder->backlog = true;
    builder_wake_claims(builder);
}

bool builder_retry_later(struct ci_err *err)
{
    if (err->code == CI_ECONFLICT)
        err->code = CI_EUNAVAILABLE;
    return false;
}

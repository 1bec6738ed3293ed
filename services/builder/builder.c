/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers and loops of the builder service share. */
#include "builder.h"

#include <stdlib.h>

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

/* SPDX-License-Identifier: Apache-2.0 */
/* What claims need of one configuration version. */
#include "claim_cache.h"

#include "claim_store.h"
#include "shared/log.h"
#include "start_secrets.h"

/* Which builders a worker fits, by its facts. */
struct fits {
    int64_t facts;
    bool fits[];
};

void claim_cache_init(struct claim_cache *cache)
{
    *cache = (struct claim_cache){.version = -1, .workers = map_new(sizeof(int64_t))};
}

void claim_cache_release(struct claim_cache *cache)
{
    map_free(cache->workers);
    ci_mem_free(cache->mem);
}

/* `check` has parsed it; what can't be parsed now never holds and is told in the log. */
static const struct ci_condition *parse(const char *builder, const char *text, void *mem)
{
    struct ci_condition *out = NULL;
    struct ci_err err;
    int offset = 0;

    if (!text)
        return NULL;
    if (ci_condition_parse(ci_mem_strdup(mem, text), mem, &out, &offset, &err))
        return out;
    ci_log(CI_ERROR, "condition.bad", ci_kv("builder", builder), ci_kv("error", err.msg));
    return NULL;
}

static void fill_builder(struct cached_builder *out, const struct claim_builder *row,
                         const struct ci_builder *spec, void *mem)
{
    *out = (struct cached_builder){
        .builderid = row->builderid,
        .name = row->name,
        .can_start = parse(row->name, spec->can_start_build, mem),
        .do_if = parse(row->name, spec->do_build_if, mem),
        .secrets = start_secret_names(spec, mem),
    };
}

bool claim_cache_fill(struct claim_cache *cache, struct ci_db *db, const struct ci_config *config,
                      struct ci_err *err)
{
    struct cached_builder *builders;
    struct ci_list rows = {0};
    size_t count = 0;

    if (cache->version == config->version)
        return true;
    cache->version = -1;
    while (map_take_any(cache->workers))
        ; /* what they point to goes with mem */
    ci_mem_free(cache->mem);
    cache->mem = ci_mem_new();
    if (!claim_builders(db, cache->mem, &rows, err))
        return false;
    builders = ci_mem_array(cache->mem, struct cached_builder, rows.count + 1);
    CI_FOREACH(struct claim_builder, row, rows) {
        const struct ci_builder *spec = ci_config_builder(config, row->name);

        if (spec)
            fill_builder(&builders[count++], row, spec, cache->mem);
    }
    cache->builders = (struct ci_list){builders, count};
    cache->version = config->version;
    return true;
}

static void judge(struct fits *fits, const struct claim_cache *cache,
                  const struct ci_config *config, const struct match_worker *worker)
{
    size_t i = 0;

    fits->facts = worker->facts;
    CI_FOREACH(struct cached_builder, builder, cache->builders) {
        const struct ci_builder *spec = ci_config_builder(config, builder->name);

        fits->fits[i++] = spec && match_fits(spec, worker);
    }
}

const bool *claim_cache_fits(struct claim_cache *cache, const struct ci_config *config,
                             const struct match_worker *worker)
{
    struct fits *fits = map_get(cache->workers, &worker->workerid);

    if (!fits) {
        fits = ci_mem_alloc(cache->mem, sizeof(*fits) + cache->builders.count * sizeof(bool));
        fits->facts = -1;
        (void)map_put(cache->workers, &worker->workerid, fits);
    }
    if (fits->facts != worker->facts)
        judge(fits, cache, config, worker);
    return fits->fits;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a build at its start. */
#include "claim_fate.h"

#include "locks_store.h"
#include "start_secrets.h"

#include <stdlib.h>
#include <string.h>

/* So long a builder is left alone whose secrets can't be read now. */
static const struct ci_dur secrets_retry = {5000000};

/* ---- locks ---- */

static struct ci_list worker_locks(const struct run *run, const struct match_worker *worker)
{
    if (worker->use_count == 0)
        return (struct ci_list){0};
    CI_FOREACH(struct ci_worker, spec, run->config->workers) {
        if (strcmp(spec->name, worker->name) == 0)
            return spec->locks;
    }
    return (struct ci_list){0};
}

static struct ci_list uses_of(const struct run *run, size_t builder, size_t worker)
{
    const struct match_worker *waiting = (const struct match_worker *)run->workers.items + worker;
    const struct ci_list of_builder = run->builders[builder].spec->locks;
    const struct ci_list of_worker = worker_locks(run, waiting);

    if (of_builder.count + of_worker.count == 0)
        return (struct ci_list){0};
    return locks_resolve(run->config, of_builder, of_worker, waiting->name, waiting->workerid,
                         run->mem);
}

struct ci_list claim_uses(const struct run *run, size_t pair)
{
    return uses_of(run, run->pairs[pair].builder, run->pairs[pair].worker);
}

struct ci_list claim_build_uses(const struct run *run, const struct claim_build *build)
{
    return uses_of(run, build->builder, build->worker);
}

/* ---- secrets ---- */

static bool read_builder(struct run *run, size_t index, struct run_secrets *out)
{
    struct cached_builder *cached = run->cached[index];
    struct ci_err err;

    out->known = true;
    if (start_secrets_read(run->builder->secrets, run->config, cached->secrets, run->mem,
                           &out->values, &err))
        return true;
    ci_log(CI_WARN, "secrets.unread", ci_kv("builder", cached->name), ci_kv("error", err.msg));
    if (err.code == CI_EUNAVAILABLE || err.code == CI_EINTERNAL) {
        cached->held_until = ci_mono_add(run->mono, secrets_retry);
        return false;
    }
    out->refusal = ci_mem_printf(run->mem, "exception: %s", err.msg);
    return true;
}

void claim_read_secrets(struct run *run)
{
    size_t kept = 0;

    run->secrets = ci_mem_array(run->mem, struct run_secrets, run->builder_count + 1);
    for (size_t i = 0; i < run->pair_count; i++) {
        const size_t index = run->pairs[i].builder;
        struct run_secrets *secrets = &run->secrets[index];

        if (run->cached[index]->secrets.count > 0 && !secrets->known)
            secrets->held = !read_builder(run, index, secrets);
        if (!secrets->held)
            run->pairs[kept++] = run->pairs[i];
    }
    run->pair_count = kept;
}

/* ---- do_build_if ---- */

static struct ci_strs changed_files(json_t *changes, void *mem)
{
    size_t count = 0, i, j;
    const char **files;
    json_t *change, *file;

    json_array_foreach(changes, i, change)
        count += json_array_size(json_object_get(change, "files"));
    files = ci_mem_array(mem, const char *, count + 1);
    count = 0;
    json_array_foreach(changes, i, change) {
        json_array_foreach(json_object_get(change, "files"), j, file)
            files[count++] = json_string_value(file);
    }
    return (struct ci_strs){files, count};
}

static void end_at_once(struct claim_build *build, enum ci_result results, const char *state)
{
    build->ended = ci_some(results);
    build->state = state;
}

static void judge_condition(const struct run *run, const struct ci_condition *condition,
                            struct claim_build *build)
{
    const struct ci_scope scope = {
        .properties = build->properties,
        .sources = build->request->sources,
        .worker = build->worker_facts,
    };
    const struct ci_condition_input input = {
        .scope = &scope,
        .files = changed_files(build->request->changes, run->mem),
    };
    struct ci_err err;
    bool holds = false;

    if (!ci_condition_eval(condition, &input, run->mem, &holds, &err))
        end_at_once(build, CI_EXCEPTION,
                    ci_mem_printf(run->mem, "exception: do_build_if: %s", err.msg));
    else if (!holds)
        end_at_once(build, CI_SKIPPED, "skipped: do_build_if does not hold");
}

void claim_decide(const struct run *run, struct claim_build *build)
{
    const struct run_secrets *secrets = &run->secrets[build->builder];
    const struct ci_condition *condition = run->cached[build->builder]->do_if;

    build->secrets = secrets->values;
    if (condition)
        judge_condition(run, condition, build);
    if (!build->ended.set && secrets->refusal)
        end_at_once(build, CI_EXCEPTION, secrets->refusal);
}

/* ---- builds that are over before they begin ---- */

bool claim_any_ended(const struct run *run)
{
    for (size_t i = 0; i < run->build_count; i++) {
        if (run->builds[i].ended.set)
            return true;
    }
    return false;
}

/* The statement that makes builds answers in their order, but need not. */
const struct ci_build *claim_made(const struct run *run, const struct claim_build *build)
{
    const int64_t wanted = build->request->request.buildrequestid;
    const size_t guess = (size_t)(build - run->builds);
    const struct ci_build *made = run->made.items;

    if (guess < run->made.count && made[guess].buildrequestid == wanted)
        return &made[guess];
    for (size_t i = 0; i < run->made.count; i++) {
        if (made[i].buildrequestid == wanted)
            return &made[i];
    }
    return NULL;
}

static void end_one(struct run *run, const struct claim_build *build, struct batch *batch,
                    struct end_rows *rows)
{
    const struct ci_build *made = claim_made(run, build);
    struct end end = {
        .results = (enum ci_result)build->ended.value,
        .state = build->state,
        .when = run->now,
    };

    if (!made)
        return;
    end_spare(&end, run->config);
    end.build = (struct end_build){
        .buildid = made->buildid,
        .buildrequestid = made->buildrequestid,
        .workerid = build->workerid,
        .attempt = made->attempt,
        .buildsetid = build->request->request.buildsetid,
    };
    end_add(batch, &end, rows);
}

bool claim_end_builds(struct run *run, struct ci_tx *tx, struct ci_err *err)
{
    struct batch batch = {.mem = run->mem};

    run->ended = ci_mem_array(run->mem, struct end_rows, run->build_count + 1);
    for (size_t i = 0; i < run->build_count; i++) {
        if (run->builds[i].ended.set)
            end_one(run, &run->builds[i], &batch, &run->ended[i]);
    }
    return ci_db_pipeline_commit(tx, batch.items, batch.count, run->mem, err);
}

void claim_publish_ended(const struct run *run)
{
    for (size_t i = 0; run->ended && i < run->build_count; i++) {
        if (run->builds[i].ended.set)
            end_publish(run->builder->app->bus, &run->ended[i]);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the start command by its records. */
#include "start.h"

#include <string.h>

static const struct ci_field source_fields[] = {
    CI_FIELD(struct source, codebase, 0), CI_FIELD(struct source, repository, 0),
    CI_FIELD(struct source, branch, 0),   CI_FIELD(struct source, revision, 0),
    CI_FIELD(struct source, project, 0),  CI_FIELD(struct source, patch, 0),
};
static const struct ci_record source_record =
    CI_RECORD_OPEN("source", struct source, source_fields);

/* Steps have a reader of their own. */
struct command {
    struct start start;
    json_t *steps;
};

static const struct ci_field start_fields[] = {
    CI_FIELD(struct start, build, CI_REQUIRED),
    CI_FIELD(struct start, token, CI_REQUIRED | CI_NOT_EMPTY),
    CI_FIELD(struct start, attempt, 0),
    CI_FIELD(struct start, number, 0),
    CI_FIELD(struct start, builder, CI_REQUIRED | CI_NOT_EMPTY),
    CI_FIELD(struct start, builderid, 0),
    CI_FIELD(struct start, env, 0),
    CI_FIELD(struct start, properties, 0),
    CI_FIELD_LIST(struct start, sources, &source_record, 0),
    CI_FIELD(struct start, secrets, CI_SECRET),
    CI_FIELD(struct start, worker, 0),
    CI_FIELD(struct start, files, 0),
    CI_FIELD(struct start, repository_file, 0),
    CI_FIELD(struct start, log_max_size, 0),
    {.name = "steps", .type = CI_JSON, .offset = offsetof(struct command, steps)},
};
static const struct ci_record start_record = CI_RECORD_OPEN("start", struct command, start_fields);

static bool read_steps(json_t *list, void *mem, struct ci_list *out, struct ci_err *err)
{
    size_t count = json_array_size(list);
    struct ci_step *steps = ci_mem_array(mem, struct ci_step, count);

    if (list && !json_is_array(list))
        return ci_fail(err, CI_EINVALID, "start.steps: expected a list");
    for (size_t i = 0; i < count; i++) {
        if (!ci_step_from_json(json_array_get(list, i), mem, &steps[i], err))
            return ci_fail_in(err, "start.steps[%zu]", i);
    }
    *out = (struct ci_list){steps, count};
    return true;
}

bool start_read(json_t *command, void *mem, struct start *out, struct ci_err *err)
{
    struct command read = {0};
    json_t *list;

    if (!ci_record_from_json(&start_record, command, mem, &read, err) ||
        !read_steps(read.steps, mem, &read.start.steps, err))
        return false;
    *out = read.start;
    list = json_object_get(command, "sources");
    out->source_list = ci_mem_json(mem, list ? json_incref(list) : json_array());
    return true;
}

const struct source *start_source(const struct start *start, const char *repository)
{
    CI_FOREACH(const struct source, source, start->sources) {
        bool named = source->repository && *source->repository;

        if (repository ? named && strcmp(source->repository, repository) == 0 : named)
            return source;
    }
    return NULL;
}

struct ci_kvs start_env(const struct start *start, void *mem)
{
    size_t count = json_object_size(start->env), used = 0;
    struct ci_pair_kv *items = ci_mem_array(mem, struct ci_pair_kv, count + 1);
    const char *key;
    json_t *value;

    json_object_foreach(start->env, key, value)
        if (json_is_string(value) || json_is_null(value))
            items[used++] = (struct ci_pair_kv){ci_mem_strdup(mem, key),
                                                ci_mem_strdup(mem, json_string_value(value))};
    return (struct ci_kvs){items, used};
}

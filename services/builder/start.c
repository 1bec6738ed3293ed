/* SPDX-License-Identifier: Apache-2.0 */
/* The `start` command of the agent protocol. */
#include "start.h"

static const struct ci_field start_fields[] = {
    CI_FIELD(struct start, buildid, 0),       CI_FIELD(struct start, workerid, 0),
    CI_FIELD(struct start, builderid, 0),     CI_FIELD(struct start, number, 0),
    CI_FIELD(struct start, attempt, 0),       CI_FIELD(struct start, config_version, 0),
    CI_FIELD(struct start, token, CI_SECRET), CI_FIELD(struct start, builder, 0),
    CI_FIELD(struct start, properties, 0),    CI_FIELD(struct start, sources, 0),
    CI_FIELD(struct start, changes, 0),       CI_FIELD(struct start, worker, 0),
};
const struct ci_record start_record = CI_RECORD("start", struct start, start_fields);

static json_t *env_json(struct ci_kvs env)
{
    json_t *out = json_object();

    for (size_t i = 0; i < env.count; i++)
        json_object_set_new(out, env.items[i].key,
                            env.items[i].value ? json_string(env.items[i].value) : json_null());
    return out;
}

static json_t *steps_json(struct ci_list steps)
{
    json_t *out = json_array();

    CI_FOREACH(struct ci_step, step, steps)
        json_array_append_new(out, ci_step_to_json(step));
    return out;
}

/* The changed files of the build, each once, in the order of its changes. */
static json_t *files_json(json_t *changes)
{
    json_auto_t *seen = json_object();
    json_t *out = json_array(), *change, *file;
    size_t i, j;

    json_array_foreach(changes, i, change) {
        json_array_foreach(json_object_get(change, "files"), j, file) {
            const char *name = json_string_value(file);

            if (!name || json_object_get(seen, name))
                continue;
            json_object_set_new(seen, name, json_true());
            json_array_append(out, file);
        }
    }
    return out;
}

static json_t *or_empty(json_t *given, json_t *empty)
{
    if (!given)
        return empty;
    json_decref(empty);
    return json_incref(given);
}

/* What the recipe says beside its steps. */
static void add_terms(json_t *out, const struct ci_config *config, const struct ci_builder *builder)
{
    json_object_set_new(out, "env", env_json(builder->env));
    json_object_set_new(out, "steps", steps_json(builder->steps));
    json_object_set_new(out, "environment_wait",
                        json_real((double)builder->environment_wait.us / 1e6));
    json_object_set_new(out, "log_max_size", json_integer(config->log_max_size));
    if (builder->repository_file)
        json_object_set_new(out, "repository_file", json_string(builder->repository_file));
}

bool start_command(const struct ci_config *config, const struct start *start, json_t *secrets,
                   json_t **out, struct ci_err *err)
{
    const struct ci_builder *builder = ci_config_builder(config, start->builder);

    if (!builder)
        return ci_fail(err, CI_ENOTFOUND, "version %ld has no builder \"%s\"",
                       (long)start->config_version, start->builder);
    *out = json_pack("{s:s,s:I,s:s,s:I,s:I,s:s,s:I,s:O,s:o,s:o,s:o,s:o}", "command", "start",
                     "build", (json_int_t)start->buildid, "token", start->token, "attempt",
                     (json_int_t)start->attempt, "number", (json_int_t)start->number, "builder",
                     start->builder, "builderid", (json_int_t)start->builderid, "properties",
                     start->properties, "sources", or_empty(start->sources, json_array()),
                     "secrets", or_empty(secrets, json_object()), "worker",
                     or_empty(start->worker, json_object()), "files", files_json(start->changes));
    if (!*out)
        return ci_fail(err, CI_EINTERNAL, "build %ld: could not be told as JSON",
                       (long)start->buildid);
    add_terms(*out, config, builder);
    return true;
}

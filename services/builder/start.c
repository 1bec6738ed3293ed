/* SPDX-License-Identifier: Apache-2.0 */
/* The `start` command of the agent protocol. */
#include "start.h"

static const struct ci_field start_fields[] = {
    CI_FIELD(struct start, buildid, 0),       CI_FIELD(struct start, workerid, 0),
    CI_FIELD(struct start, builderid, 0),     CI_FIELD(struct start, number, 0),
    CI_FIELD(struct start, attempt, 0),       CI_FIELD(struct start, config_version, 0),
    CI_FIELD(struct start, token, CI_SECRET), CI_FIELD(struct start, builder, 0),
    CI_FIELD(struct start, properties, 0),    CI_FIELD(struct start, sources, 0),
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

bool start_command(const struct ci_config *config, const struct start *start, json_t **out,
                   struct ci_err *err)
{
    const struct ci_builder *builder = ci_config_builder(config, start->builder);

    if (!builder)
        return ci_fail(err, CI_ENOTFOUND, "version %ld has no builder \"%s\"",
                       (long)start->config_version, start->builder);
    *out = json_pack("{s:s,s:I,s:s,s:I,s:I,s:s,s:I,s:o,s:O,s:O,s:o}", "command", "start", "build",
                     (json_int_t)start->buildid, "token", start->token, "attempt",
                     (json_int_t)start->attempt, "number", (json_int_t)start->number, "builder",
                     start->builder, "builderid", (json_int_t)start->builderid, "env",
                     env_json(builder->env), "properties", start->properties, "sources",
                     start->sources, "steps", steps_json(builder->steps));
    return *out ||
           ci_fail(err, CI_EINTERNAL, "build %ld: could not be told as JSON", (long)start->buildid);
}

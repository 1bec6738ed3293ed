/* SPDX-License-Identifier: Apache-2.0 */
/* A slipway.yaml on disk; see config_file.h. */
#include "config_file.h"

#include "shared/config.h"
#include "state.h"

#include <stdio.h>

bool config_file_read(void *mem, const char *path, struct ci_bytes *out, struct ci_err *err)
{
    if (state_read(mem, path, out, err))
        return true;
    err->code = CI_EINVALID;
    return false;
}

json_t *config_file_problems(void *mem, const char *path, struct ci_bytes text)
{
    json_t *list = ci_mem_json(mem, json_array());
    struct ci_list problems = {0};
    struct ci_config *config;

    if (ci_config_parse(path, text.data, text.len, mem, &config, &problems))
        return list;
    CI_FOREACH(struct ci_problem, problem, problems)
        json_array_append_new(list, json_pack("{s:i,s:i,s:s}", "line", problem->line, "column",
                                              problem->column, "message", problem->message));
    return list;
}

void config_file_print(const char *path, json_t *problems)
{
    json_t *problem;
    size_t i;

    json_array_foreach(problems, i, problem)
        fprintf(stderr, "%s:%d:%d: %s\n", path, (int)json_number(problem, "line", 0),
                (int)json_number(problem, "column", 0), json_text(problem, "message", ""));
}

bool config_file_check(void *mem, const char *path, struct ci_err *err)
{
    struct ci_bytes text;
    json_t *problems;

    if (!config_file_read(mem, path, &text, err))
        return false;
    problems = config_file_problems(mem, path, text);
    if (json_array_size(problems) == 0)
        return true;
    config_file_print(path, problems);
    return ci_fail(err, CI_EINVALID, "%s has %zu problem%s", path, json_array_size(problems),
                   json_array_size(problems) == 1 ? "" : "s");
}

bool config_file_apply(struct api *api, struct ci_bytes text, const char *comment, int64_t *version,
                       bool *changed, struct ci_err *err)
{
    struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(api->mem, "%sapi/v2/config?comment=%s", api->url,
                             api_escape(api->mem, comment)),
        .bearer = api->token,
        .body = text,
        .content_type = "application/yaml",
    };
    struct ci_reply reply;

    if (!ci_client_expect(api->client, &call, api->mem, &reply, err))
        return false;
    *version = json_number(reply.json, "version", 0);
    *changed = json_is_true(json_object_get(reply.json, "changed"));
    return true;
}

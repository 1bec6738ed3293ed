/* SPDX-License-Identifier: Apache-2.0 */
/* The rows that a configuration names; see config_rows.h. */
#include "config_rows.h"

#include "config_internal.h"
#include "shared/markdown.h"

static json_t *strs_json(struct ci_strs strs)
{
    json_t *list = json_array();

    for (size_t i = 0; i < strs.count; i++)
        (void)json_array_append_new(list, json_string(strs.items[i]));
    return list;
}

static json_t *kvs_json(struct ci_kvs kvs)
{
    json_t *object = json_object();

    for (size_t i = 0; i < kvs.count; i++)
        (void)json_object_set_new(object, kvs.items[i].key, json_string(kvs.items[i].value));
    return object;
}

/* The text, its format, and as HTML where the format says how. */
static json_t *description_json(const char *text, const char *format, void *mem)
{
    return json_pack("{s: s?, s: s?, s: s?}", "text", text, "format", format, "html",
                     text && format ? ci_markdown_html(text, mem) : NULL);
}

struct ci_arg config_builders_arg(const struct ci_config *config, void *mem)
{
    json_t *list = ci_mem_json(mem, json_array());

    CI_FOREACH(struct ci_builder, builder, config->builders) {
        (void)json_array_append_new(
            list,
            json_pack("{s: s, s: o, s: s, s: o}", "name", builder->name, "description",
                      description_json(builder->description, builder->description_format, mem),
                      "project", builder->project, "tags", strs_json(builder->tags)));
    }
    return ci_arg_json(mem, list);
}

struct ci_arg config_schedulers_arg(const struct ci_config *config, void *mem)
{
    json_t *list = ci_mem_json(mem, json_array());

    CI_FOREACH(struct ci_scheduler, scheduler, config->schedulers) {
        (void)json_array_append_new(list, json_pack("{s: s, s: s}", "name", scheduler->name, "type",
                                                    ci_scheduler_type_names[scheduler->type]));
    }
    return ci_arg_json(mem, list);
}

static json_t *object_json(json_t *object)
{
    return object ? json_incref(object) : json_object();
}

struct ci_arg config_workers_arg(const struct ci_config *config, void *mem)
{
    json_t *list = ci_mem_json(mem, json_array());

    CI_FOREACH(struct ci_worker, worker, config->workers) {
        (void)json_array_append_new(
            list, json_pack("{s: s, s: i, s: o, s: o, s: o}", "name", worker->name, "max_builds",
                            worker->max_builds, "labels", kvs_json(worker->labels), "properties",
                            object_json(worker->properties), "default_properties",
                            object_json(worker->default_properties)));
    }
    return ci_arg_json(mem, list);
}

struct ci_arg config_pollers_arg(const struct ci_config *config, void *mem)
{
    json_t *list = ci_mem_json(mem, json_array());

    CI_FOREACH(struct ci_change_source, source, config->change_sources) {
        double delay = source->poll_at_launch ? 0 : (double)source->poll_interval.us / 1e6;

        (void)json_array_append_new(list,
                                    json_pack("{s: s, s: s, s: s, s: f}", "name", source->name,
                                              "type", ci_change_source_type_names[source->type],
                                              "repository", source->repository, "delay", delay));
    }
    return ci_arg_json(mem, list);
}

/* The dialects that are on are the keys of `web_hooks` that were there. */
static void add_hooks(json_t *list, const struct ci_web_hooks *hooks, void *mem)
{
    for (size_t i = 0; i < config_web_hooks.count; i++) {
        const struct key *key = &config_web_hooks.keys[i];

        if (key->present && *(const bool *)((const char *)hooks + key->present - 1))
            (void)json_array_append_new(
                list, json_pack("{s: s, s: s}", "name",
                                ci_mem_printf(mem, "change_hook/%s", key->name), "type", "hook"));
    }
}

struct ci_arg config_changesources_arg(const struct ci_config *config, void *mem)
{
    json_t *list = ci_mem_json(mem, json_array());

    CI_FOREACH(struct ci_change_source, source, config->change_sources) {
        (void)json_array_append_new(list, json_pack("{s: s, s: s}", "name", source->name, "type",
                                                    ci_change_source_type_names[source->type]));
    }
    add_hooks(list, &config->web_hooks, mem);
    return ci_arg_json(mem, list);
}

/* Projects by name; the first who names one without more is soon joined by who knows more. */
static void add_project(json_t *projects, const char *name, const struct ci_project *project,
                        void *mem)
{
    if (!*name || (!project && json_object_get(projects, name)))
        return;
    (void)json_object_set_new(
        projects, name,
        json_pack("{s: s, s: o}", "name", name, "description",
                  description_json(project ? project->description : NULL,
                                   project ? project->description_format : NULL, mem)));
}

static json_t *values_json(json_t *object)
{
    json_t *list = json_array(), *value;
    const char *key;

    json_object_foreach(object, key, value)
        (void)json_array_append(list, value);
    return list;
}

struct ci_arg config_projects_arg(const struct ci_config *config, void *mem)
{
    json_t *projects = ci_mem_json(mem, json_object());

    CI_FOREACH(struct ci_project, project, config->projects) {
        add_project(projects, project->name, project, mem);
    }
    CI_FOREACH(struct ci_builder, builder, config->builders) {
        add_project(projects, builder->project, NULL, mem);
    }
    CI_FOREACH(struct ci_change_source, source, config->change_sources) {
        add_project(projects, source->project, NULL, mem);
    }
    return ci_arg_json(mem, ci_mem_json(mem, values_json(projects)));
}

/* A codebase belongs to a project; one of changes without a project has no row. */
static void add_codebase(json_t *list, const char *project, const char *name)
{
    if (*project && *name)
        (void)json_array_append_new(list,
                                    json_pack("{s: s, s: s}", "project", project, "name", name));
}

struct ci_arg config_codebases_arg(const struct ci_config *config, void *mem)
{
    json_t *list = ci_mem_json(mem, json_array());

    CI_FOREACH(struct ci_project, project, config->projects) {
        for (size_t i = 0; i < project->codebases.count; i++)
            add_codebase(list, project->name, project->codebases.items[i]);
    }
    CI_FOREACH(struct ci_change_source, source, config->change_sources) {
        add_codebase(list, source->project, source->codebase);
    }
    return ci_arg_json(mem, list);
}

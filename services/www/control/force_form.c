/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a force scheduler: who and why, the sources, then the user's own parameters. */
#include "access/access.h"
#include "control/force_fields.h"

#include <string.h>

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const struct ci_force_param *find_param(const struct ci_scheduler *scheduler,
                                               const char *name)
{
    CI_FOREACH(const struct ci_force_param, param, scheduler->parameters)
        if (strcmp(param->name, name) == 0)
            return param;
    return NULL;
}

/* A parameter of the user's that is called as a field of ours stands in its place. */
static bool stands_in(const struct ci_force_param *param)
{
    return strcmp(param->name, "username") == 0 || strcmp(param->name, "reason") == 0 ||
           strcmp(param->name, "priority") == 0;
}

static json_t *own_or(const struct fields *of, const char *name, json_t *field)
{
    const struct ci_force_param *own = find_param(of->scheduler, name);

    if (!own)
        return field;
    json_decref(field);
    return field_of(of, own, "");
}

static json_t *who_and_why(const struct fields *of)
{
    const struct ci_scheduler *scheduler = of->scheduler;
    const char *label = scheduler->username_label ? scheduler->username_label : "Your name:";
    json_t *username = field_text("username", "username", label, "", 30);
    json_t *priority =
        field_new("int", "priority", "priority", "Priority:", json_integer(scheduler->priority));

    json_object_set_new(username, "type", json_string("username"));
    json_object_set_new(username, "need_email", json_false());
    json_object_set_new(priority, "size", json_integer(10));
    return field_nested(
        "", "", "",
        json_pack("[o, o, o]", own_or(of, "username", username),
                  own_or(of, "reason", field_text("reason", "reason", "reason", "force build", 20)),
                  own_or(of, "priority", priority)));
}

/* ---- sources ---- */

/* The one repository that the configuration watches, or NULL: nobody should have to type it. */
static const char *only_repository(const struct force_world *world)
{
    const struct ci_list all = world->config->change_sources;
    const struct ci_change_source *sources = all.items;

    return all.count == 1 &&
                   !(world->view && access_hides_change_source(world->view, sources->name))
               ? sources->repository
               : NULL;
}

static struct force_codebase *find_frame(struct force_codebase *frames, size_t count,
                                         const char *codebase)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(frames[i].codebase, codebase) == 0)
            return &frames[i];
    return NULL;
}

static void add_frame(struct ci_list *frames, struct ci_source_spec defaults)
{
    struct force_codebase *frame = (struct force_codebase *)frames->items + frames->count++;

    *frame = (struct force_codebase){.codebase = or_empty(defaults.codebase), .defaults = defaults};
}

static void set_param(struct force_codebase *frame, const struct ci_force_param *param)
{
    frame->param = param;
    CI_FOREACH(const struct ci_force_param, inner, param->fields)
        if (inner->type == CI_PARAM_PATCH)
            frame->patch = inner;
}

struct ci_list force_codebases(const struct force_world *world,
                               const struct ci_scheduler *scheduler, void *mem)
{
    size_t most = scheduler->codebases.count + scheduler->parameters.count + 1;
    struct ci_list frames = {ci_mem_array(mem, struct force_codebase, most), 0};

    CI_FOREACH(const struct ci_source_spec, spec, scheduler->codebases)
        add_frame(&frames, *spec);
    if (frames.count == 0)
        add_frame(&frames,
                  (struct ci_source_spec){scheduler->codebase,
                                          *or_empty(scheduler->repository) ? scheduler->repository
                                                                           : only_repository(world),
                                          scheduler->project, scheduler->branch, NULL});
    CI_FOREACH(const struct ci_force_param, param, scheduler->parameters) {
        bool is_patch = param->type == CI_PARAM_PATCH;
        struct force_codebase *frame;

        if (!is_patch && param->type != CI_PARAM_CODEBASE)
            continue;
        frame = find_frame(frames.items, frames.count, or_empty(param->codebase));
        if (!frame) {
            add_frame(&frames, (struct ci_source_spec){.codebase = or_empty(param->codebase)});
            frame = (struct force_codebase *)frames.items + frames.count - 1;
        }
        if (is_patch)
            frame->patch = param;
        else
            set_param(frame, param);
    }
    return frames;
}

/* The codebase's own field of that name, or a text with the default. */
static json_t *source_field(const struct fields *of, const struct force_codebase *frame,
                            const char *name, const char *label, const char *value)
{
    const struct ci_list own = frame->param ? frame->param->fields : (struct ci_list){0};

    CI_FOREACH(const struct ci_force_param, param, own)
        if (strcmp(param->name, name) == 0)
            return field_of(of, param, frame->codebase);
    return field_text(name, force_full_name(frame->codebase, name, of->mem), label, value, 30);
}

static json_t *source_fields(const struct fields *of, const struct force_codebase *frame)
{
    const struct ci_source_spec *defaults = &frame->defaults;
    const char *label =
        *frame->codebase ? ci_mem_printf(of->mem, "Codebase: %s", frame->codebase) : "";
    json_t *fields =
        json_pack("[o, o, o, o]", source_field(of, frame, "branch", "Branch:", defaults->branch),
                  source_field(of, frame, "revision", "Revision:", defaults->revision),
                  source_field(of, frame, "repository", "Repository:", defaults->repository),
                  source_field(of, frame, "project", "Project:", defaults->project));

    if (frame->patch)
        json_array_append_new(
            fields,
            field_patch(frame->patch, force_full_name(frame->codebase, frame->patch->name, of->mem),
                        of->mem));
    if (frame->param && frame->param->label)
        label = frame->param->label;
    return field_nested(frame->codebase, frame->codebase, label, fields);
}

json_t *force_fields(const struct force_world *world, const struct ci_scheduler *scheduler)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct fields of = {world, scheduler, mem};
    struct ci_list frames = force_codebases(world, scheduler, mem);
    json_t *fields = json_pack("[o]", who_and_why(&of));

    CI_FOREACH(const struct force_codebase, frame, frames)
        json_array_append_new(fields, source_fields(&of, frame));
    CI_FOREACH(const struct ci_force_param, param, scheduler->parameters)
        if (param->type != CI_PARAM_CODEBASE && param->type != CI_PARAM_PATCH && !stands_in(param))
            json_array_append_new(fields, field_of(&of, param, ""));
    return fields;
}

/* ---- the resource ---- */

static json_t *builder_names(const struct force_world *world, const struct ci_scheduler *scheduler)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_strs shown = access_shown(world->view, scheduler->builders, mem);
    json_t *names = json_array();

    for (size_t i = 0; i < shown.count; i++)
        json_array_append_new(names, json_string(shown.items[i]));
    return names;
}

json_t *force_schedulers_json(const struct force_world *world)
{
    json_t *list = json_array();

    CI_FOREACH(const struct ci_scheduler, scheduler, world->config->schedulers) {
        const char *name = scheduler->name;

        if (scheduler->type == CI_SCHED_FORCE)
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", name, "button_name",
                                scheduler->button_name ? scheduler->button_name : name, "label",
                                scheduler->label ? scheduler->label : name, "builder_names",
                                builder_names(world, scheduler), "all_fields",
                                force_fields(world, scheduler)));
    }
    return list;
}

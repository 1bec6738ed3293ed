/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a force scheduler as the REST resource describes it. */
#include "force.h"

#include <string.h>

/* Types of the user's parameters as Buildbot's clients know them. */
static const char *const type_names[] = {
    [CI_PARAM_STRING] = "text", [CI_PARAM_TEXT] = "textarea", [CI_PARAM_INT] = "int",
    [CI_PARAM_BOOL] = "bool",   [CI_PARAM_CHOICE] = "list",   [CI_PARAM_FIXED] = "fixed",
};

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* The keys that every field has; takes `value`. */
static json_t *make_field(const char *type, const char *name, const char *full_name,
                          const char *label, json_t *value)
{
    json_t *field =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:b}", "type", type, "name", name,
                  "fullName", full_name, "label", label, "tablabel", label, "tooltip", "",
                  "default", value, "required", 0, "multiple", 0, "hide", 0);

    json_object_set_new(field, "regex", json_null());
    json_object_set_new(field, "maxsize", json_null());
    json_object_set_new(field, "autopopulate", json_null());
    return field;
}

static json_t *make_text(const char *name, const char *full_name, const char *label,
                         const char *value, int size)
{
    json_t *field = make_field("text", name, full_name, label, json_string(value ? value : ""));

    json_object_set_new(field, "size", json_integer(size));
    return field;
}

/* Takes `fields`. Buildbot lays four and more out in two columns. */
static json_t *make_nested(const char *name, const char *label, json_t *fields)
{
    json_t *nested = make_field("nested", name, name, label, json_string(""));

    json_object_set_new(nested, "layout", json_string("vertical"));
    json_object_set_new(nested, "columns", json_integer(json_array_size(fields) >= 4 ? 2 : 1));
    json_object_set_new(nested, "fields", fields);
    return nested;
}

static json_t *who_and_why(void)
{
    json_t *username = make_text("username", "username", "Your name:", "", 30);
    json_t *priority = make_field("int", "priority", "priority", "Priority:", json_integer(0));

    json_object_set_new(username, "type", json_string("username"));
    json_object_set_new(username, "need_email", json_false());
    json_object_set_new(priority, "size", json_integer(10));
    return make_nested("", "",
                       json_pack("[o, o, o]", username,
                                 make_text("reason", "reason", "reason", "force build", 20),
                                 priority));
}

/* The one repository that the configuration watches, or NULL: nobody should have to type it. */
static const char *only_repository(const struct ci_config *config)
{
    const struct ci_change_source *sources = config->change_sources.items;

    return config->change_sources.count == 1 ? sources[0].repository : NULL;
}

static json_t *source_field(const char *codebase, const char *name, const char *label,
                            const char *value)
{
    char full_name[300];

    snprintf(full_name, sizeof(full_name), "%s%s%s", codebase, *codebase ? "_" : "", name);
    return make_text(name, full_name, label, value, 30);
}

static json_t *source_fields(const struct ci_config *config, const struct ci_scheduler *scheduler)
{
    const char *codebase = scheduler->codebase ? scheduler->codebase : "";
    const char *repository = scheduler->repository && *scheduler->repository
                                 ? scheduler->repository
                                 : only_repository(config);
    char label[300] = "";

    if (*codebase)
        snprintf(label, sizeof(label), "Codebase: %s", codebase);
    return make_nested(
        codebase, label,
        json_pack("[o, o, o, o]", source_field(codebase, "branch", "Branch:", scheduler->branch),
                  source_field(codebase, "revision", "Revision:", NULL),
                  source_field(codebase, "repository", "Repository:", repository),
                  source_field(codebase, "project", "Project:", scheduler->project)));
}

static json_t *choices_of(const struct ci_force_param *param)
{
    json_t *choices = json_array();

    for (size_t i = 0; i < param->choices.count; i++)
        json_array_append_new(choices, json_string(param->choices.items[i]));
    return choices;
}

static json_t *default_of(const struct ci_force_param *param)
{
    if (param->value_default)
        return json_deep_copy(param->value_default);
    if (param->type == CI_PARAM_INT)
        return json_integer(0);
    return param->type == CI_PARAM_BOOL ? json_false() : json_string("");
}

static json_t *user_field(const struct ci_force_param *param)
{
    json_t *field = make_field(type_names[param->type], param->name, param->name,
                               param->label ? param->label : param->name, default_of(param));

    json_object_set_new(field, "required", json_boolean(param->required));
    json_object_set_new(field, "multiple", json_boolean(param->multiple));
    json_object_set_new(field, "hide", json_boolean(param->hide || param->type == CI_PARAM_FIXED));
    json_object_set_new(field, "tooltip", json_string(param->tooltip ? param->tooltip : ""));
    json_object_set_new(field, "regex", text_or_null(param->regex));
    if (param->type == CI_PARAM_CHOICE) {
        json_object_set_new(field, "choices", choices_of(param));
        json_object_set_new(field, "strict", json_true());
    }
    if (param->type == CI_PARAM_TEXT)
        json_object_update_new(field, json_pack("{s:i, s:i}", "cols", 80, "rows", 20));
    if (param->type != CI_PARAM_BOOL && param->type != CI_PARAM_FIXED)
        json_object_set_new(field, "size", json_integer(10));
    return field;
}

json_t *force_fields(const struct ci_config *config, const struct ci_scheduler *scheduler)
{
    json_t *fields = json_pack("[o, o]", who_and_why(), source_fields(config, scheduler));

    CI_FOREACH(const struct ci_force_param, param, scheduler->parameters)
        json_array_append_new(fields, user_field(param));
    return fields;
}

static json_t *builder_names(const struct ci_scheduler *scheduler)
{
    json_t *names = json_array();

    for (size_t i = 0; i < scheduler->builders.count; i++)
        json_array_append_new(names, json_string(scheduler->builders.items[i]));
    return names;
}

json_t *force_schedulers_json(const struct ci_config *config)
{
    json_t *list = json_array();

    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers) {
        const char *name = scheduler->name;

        if (scheduler->type == CI_SCHED_FORCE)
            json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", name, "button_name",
                          scheduler->button_name ? scheduler->button_name : name, "label",
                          scheduler->label ? scheduler->label : name, "builder_names",
                          builder_names(scheduler), "all_fields", force_fields(config, scheduler)));
    }
    return list;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of the user's parameters, as the REST resource describes them. */
#include "control/force_fields.h"

#include <string.h>

enum { FILE_MAX = 10 << 20 }; /* bytes of a file or a patch, as with Buildbot */

/* Types of the user's parameters as Buildbot's clients know them. */
static const char *const type_names[] = {
    [CI_PARAM_STRING] = "text",
    [CI_PARAM_TEXT] = "textarea",
    [CI_PARAM_INT] = "int",
    [CI_PARAM_BOOL] = "bool",
    [CI_PARAM_CHOICE] = "list",
    [CI_PARAM_FIXED] = "fixed",
    [CI_PARAM_USERNAME] = "username",
    [CI_PARAM_WORKER_CHOICE] = "list",
    [CI_PARAM_INHERIT_BUILD] = "list",
    [CI_PARAM_FILE] = "file",
    [CI_PARAM_ANY_PROPERTY] = "nested",
    [CI_PARAM_PATCH] = "nested",
    [CI_PARAM_CODEBASE] = "nested",
    [CI_PARAM_NESTED] = "nested",
};

const char *force_full_name(const char *parent, const char *name, void *mem)
{
    if (!*parent || !*name)
        return *parent ? parent : name;
    return ci_mem_printf(mem, "%s_%s", parent, name);
}

json_t *field_new(const char *type, const char *name, const char *full_name, const char *label,
                  json_t *value)
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

json_t *field_text(const char *name, const char *full_name, const char *label, const char *value,
                   int size)
{
    json_t *field = field_new("text", name, full_name, label, json_string(value ? value : ""));

    json_object_set_new(field, "size", json_integer(size));
    return field;
}

static size_t count_visible(const json_t *fields)
{
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(fields); i++)
        count += !json_is_true(json_object_get(json_array_get(fields, i), "hide"));
    return count;
}

/* Buildbot lays four and more out in two columns. */
json_t *field_nested(const char *name, const char *full_name, const char *label, json_t *fields)
{
    json_t *nested = field_new("nested", name, full_name, label, json_string(""));

    json_object_set_new(nested, "layout", json_string("vertical"));
    json_object_set_new(nested, "columns", json_integer(count_visible(fields) >= 4 ? 2 : 1));
    json_object_set_new(nested, "fields", fields);
    return nested;
}

/* ---- what lists offer ---- */

static bool is_listed(struct ci_strs names, const char *name)
{
    for (size_t i = 0; name && i < names.count; i++)
        if (strcmp(names.items[i], name) == 0)
            return true;
    return false;
}

static bool serves_any(const json_t *worker, struct ci_strs builders)
{
    const json_t *served = json_object_get(worker, "builders");

    for (size_t i = 0; i < json_array_size(served); i++)
        if (is_listed(builders, json_string_value(json_array_get(served, i))))
            return true;
    return false;
}

static json_t *worker_choices(const struct fields *of)
{
    json_t *choices = json_pack("[s]", FORCE_ANY_WORKER), *workers = of->world->workers;

    for (size_t i = 0; i < json_array_size(workers); i++) {
        json_t *worker = json_array_get(workers, i);

        if (serves_any(worker, of->scheduler->builders))
            json_array_append(choices, json_object_get(worker, "name"));
    }
    return choices;
}

static json_t *build_choices(const struct fields *of, const struct ci_force_param *param)
{
    json_t *choices = json_array();
    struct ci_strs builders =
        param->compatible_builds.count ? param->compatible_builds : of->scheduler->builders;

    for (size_t i = 0; i < builders.count; i++)
        json_array_extend(choices, json_object_get(of->world->builds, builders.items[i]));
    return choices;
}

static json_t *own_choices(const struct ci_force_param *param)
{
    json_t *choices = json_array();

    for (size_t i = 0; i < param->choices.count; i++)
        json_array_append_new(choices, json_string(param->choices.items[i]));
    return choices;
}

/* ---- one parameter ---- */

static json_t *default_of(const struct ci_force_param *param)
{
    if (param->value_default)
        return json_deep_copy(param->value_default);
    if (param->type == CI_PARAM_INT)
        return json_integer(0);
    return param->type == CI_PARAM_BOOL ? json_false() : json_string("");
}

static void set_size(json_t *field, const struct ci_force_param *param, int usual)
{
    json_object_set_new(field, "size", json_integer(param->size ? param->size : usual));
}

/* The keys that some types have besides. */
static void add_of_type(const struct fields *of, const struct ci_force_param *param, json_t *field)
{
    switch (param->type) {
    case CI_PARAM_TEXT:
        json_object_set_new(field, "cols", json_integer(param->cols ? param->cols : 80));
        json_object_set_new(field, "rows", json_integer(param->rows ? param->rows : 20));
        break;
    case CI_PARAM_CHOICE:
        json_object_set_new(field, "choices", own_choices(param));
        json_object_set_new(field, "strict", json_boolean(param->strict));
        break;
    case CI_PARAM_WORKER_CHOICE:
        json_object_set_new(field, "choices", worker_choices(of));
        json_object_set_new(field, "strict", json_true());
        break;
    case CI_PARAM_INHERIT_BUILD: /* an older build than the list shows will do as well */
        json_object_set_new(field, "choices", build_choices(of, param));
        json_object_set_new(field, "strict", json_false());
        break;
    case CI_PARAM_USERNAME:
        json_object_set_new(field, "need_email", json_boolean(param->need_email));
        break;
    case CI_PARAM_FILE:
        if (!param->maxsize)
            json_object_set_new(field, "maxsize", json_integer(FILE_MAX));
        break;
    case CI_PARAM_STRING:
    case CI_PARAM_INT:
    case CI_PARAM_BOOL:
    case CI_PARAM_FIXED:
    case CI_PARAM_ANY_PROPERTY:
    case CI_PARAM_PATCH:
    case CI_PARAM_CODEBASE:
    case CI_PARAM_NESTED:
        break;
    }
}

static bool has_size(enum ci_param_type type)
{
    return type != CI_PARAM_BOOL && type != CI_PARAM_FIXED && type != CI_PARAM_FILE;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

/* What the file says of any parameter. */
static void add_common(const struct ci_force_param *param, json_t *field)
{
    json_object_set_new(field, "required", json_boolean(param->required));
    json_object_set_new(field, "multiple", json_boolean(param->multiple));
    json_object_set_new(field, "hide", json_boolean(param->hide || param->type == CI_PARAM_FIXED));
    json_object_set_new(field, "tooltip", json_string(or_else(param->tooltip, "")));
    if (param->tablabel)
        json_object_set_new(field, "tablabel", json_string(param->tablabel));
    if (param->regex)
        json_object_set_new(field, "regex", json_string(param->regex));
    if (param->maxsize)
        json_object_set_new(field, "maxsize", json_integer(param->maxsize));
    if (param->autopopulate)
        json_object_set(field, "autopopulate", param->autopopulate);
}

static json_t *leaf_field(const struct fields *of, const struct ci_force_param *param,
                          const char *full_name)
{
    json_t *field = field_new(type_names[param->type], param->name, full_name,
                              or_else(param->label, param->name), default_of(param));

    add_common(param, field);
    add_of_type(of, param, field);
    if (has_size(param->type))
        set_size(field, param, param->type == CI_PARAM_USERNAME ? 30 : 10);
    return field;
}

json_t *field_patch(const struct ci_force_param *param, const char *full_name, void *mem)
{
    const char *const names[] = {"author", "comment", "subdir"};
    json_t *body =
        field_new("file", "body", force_full_name(full_name, "body", mem), "body", json_string(""));
    json_t *level = field_new("int", "level", force_full_name(full_name, "level", mem), "level",
                              json_integer(1));
    json_t *fields = json_pack("[o, o]", body, level), *nested;

    json_object_set_new(body, "maxsize", json_integer(FILE_MAX));
    json_object_set_new(body, "required", json_boolean(param->required));
    json_object_set_new(level, "size", json_integer(10));
    for (size_t i = 0; i < CI_COUNT(names); i++)
        json_array_append_new(fields,
                              field_text(names[i], force_full_name(full_name, names[i], mem),
                                         names[i], strcmp(names[i], "subdir") == 0 ? "." : "", 10));
    nested = field_nested(param->name, full_name, or_else(param->label, "Patch:"), fields);
    json_object_set_new(nested, "columns", json_integer(1));
    return nested;
}

static json_t *any_property_field(const struct ci_force_param *param, const char *full_name,
                                  void *mem)
{
    return field_nested(
        param->name, full_name, or_else(param->label, ""),
        json_pack("[o, o]",
                  field_text("name", force_full_name(full_name, "name", mem), "Name:", "", 10),
                  field_text("value", force_full_name(full_name, "value", mem), "Value:", "", 10)));
}

static json_t *nested_field(const struct fields *of, const struct ci_force_param *param,
                            const char *full_name)
{
    json_t *fields = json_array(), *nested;

    CI_FOREACH(const struct ci_force_param, inner, param->fields)
        json_array_append_new(fields, field_of(of, inner, full_name));
    nested = field_nested(param->name, full_name, or_else(param->label, param->name), fields);
    add_common(param, nested);
    if (param->layout)
        json_object_set_new(nested, "layout", json_string(param->layout));
    if (param->columns)
        json_object_set_new(nested, "columns", json_integer(param->columns));
    return nested;
}

json_t *field_of(const struct fields *of, const struct ci_force_param *param, const char *parent)
{
    const char *full_name = force_full_name(parent, param->name, of->mem);

    switch (param->type) {
    case CI_PARAM_NESTED:
        return nested_field(of, param, full_name);
    case CI_PARAM_ANY_PROPERTY:
        return any_property_field(param, full_name, of->mem);
    case CI_PARAM_PATCH:
        return field_patch(param, full_name, of->mem);
    case CI_PARAM_CODEBASE: /* stands for its source; see force_form.c */
    case CI_PARAM_STRING:
    case CI_PARAM_TEXT:
    case CI_PARAM_INT:
    case CI_PARAM_BOOL:
    case CI_PARAM_CHOICE:
    case CI_PARAM_FIXED:
    case CI_PARAM_USERNAME:
    case CI_PARAM_WORKER_CHOICE:
    case CI_PARAM_INHERIT_BUILD:
    case CI_PARAM_FILE:
        break;
    }
    return leaf_field(of, param, full_name);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What all schedulers have in common, and the force scheduler with its parameters. */
#include "config_internal.h"

#include <string.h>

#define AT(member) offsetof(struct ci_scheduler, member)
static const struct key common_keys[] = {
    KEY("type", KEY_TYPE, 0, KEY_REQUIRED, "The kind of scheduler."),
    KEY("builders", KEY_STRS, AT(builders), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_UNIQUE,
        "Names of the builders to run.", .alias = "builder_names", .refers_to = SPACE_BUILDER),
    KEY("reason", KEY_STR, AT(reason), 0, "Reason that its builds show."),
    KEY("priority", KEY_INT, AT(priority), 0,
        "Priority of its requests, the higher the sooner; default 0.", .min = INT32_MIN),
    KEY("properties", KEY_OBJECT, AT(properties), 0, "Properties of its builds."),
};
const struct section config_scheduler_common = {SECTION_KEYS(common_keys)};

#undef AT

const struct ci_scheduler config_scheduler_defaults = {
    .time_zone = "UTC",
    .repository = "",
    .project = "",
    .codebase = "",
};

static const char *const parameter_types[] = {
    [CI_PARAM_STRING] = "string",
    [CI_PARAM_TEXT] = "text",
    [CI_PARAM_INT] = "int",
    [CI_PARAM_BOOL] = "bool",
    [CI_PARAM_CHOICE] = "choice",
    [CI_PARAM_FIXED] = "fixed",
    NULL,
};

#define AT(member) offsetof(struct ci_force_param, member)
static const struct key parameter_keys[] = {
    KEY("type", KEY_ENUM, AT(type), 0, "The kind of field; default string.",
        .names = parameter_types),
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED | KEY_NOT_EMPTY, "Name of the property.",
        .check = check_one_line),
    KEY("label", KEY_STR, AT(label), 0, "Text before the field; default: the name."),
    KEY("tooltip", KEY_STR, AT(tooltip), 0, "Text that explains the field."),
    KEY("default", KEY_JSON, AT(value_default), 0, "What stands in the field at first."),
    KEY("required", KEY_BOOL, AT(required), 0,
        "Whether the field must be filled in; default false."),
    KEY("regex", KEY_STR, AT(regex), 0,
        "POSIX extended regular expression that the text must match at its start.",
        .check = check_regex),
    KEY("choices", KEY_STRS, AT(choices), KEY_NOT_EMPTY | KEY_UNIQUE, "What a choice offers."),
    KEY("multiple", KEY_BOOL, AT(multiple), 0,
        "Whether several choices may be taken; default false."),
    KEY("hide", KEY_BOOL, AT(hide), 0, "Whether the dialog hides the field; default false."),
};
#undef AT

static bool is_choice(const struct ci_force_param *param, const char *text)
{
    for (size_t i = 0; text && i < param->choices.count; i++) {
        if (strcmp(param->choices.items[i], text) == 0)
            return true;
    }
    return false;
}

static bool suits(const struct ci_force_param *param, const struct node *value)
{
    switch (param->type) {
    case CI_PARAM_STRING:
    case CI_PARAM_TEXT:
    case CI_PARAM_USERNAME:
    case CI_PARAM_WORKER_CHOICE:
    case CI_PARAM_INHERIT_BUILD:
    case CI_PARAM_FILE:
        return value->text && value->kind != NODE_BOOL;
    case CI_PARAM_INT:
        return value->kind == NODE_INT;
    case CI_PARAM_BOOL:
        return value->kind == NODE_BOOL;
    case CI_PARAM_CHOICE:
        for (size_t i = 0; value->kind == NODE_LIST && param->multiple && i < value->count; i++) {
            if (!is_choice(param, value->items[i]->text))
                return false;
        }
        return value->kind == NODE_LIST ? param->multiple : is_choice(param, value->text);
    case CI_PARAM_FIXED:
        return true;
    case CI_PARAM_ANY_PROPERTY:
    case CI_PARAM_PATCH:
    case CI_PARAM_CODEBASE:
    case CI_PARAM_NESTED:
        return false;
    }
    return false;
}

/* A text stays a text, also where it looks like a number. */
static void keep_text(struct decode *d, const struct node *value, struct ci_force_param *param)
{
    bool texts = param->type == CI_PARAM_STRING || param->type == CI_PARAM_TEXT ||
                 param->type == CI_PARAM_CHOICE;

    if (texts && value->text)
        param->value_default = ci_mem_json(d->mem, json_string(value->text));
}

static void finish_parameter(struct decode *d, const struct node *map, void *out)
{
    struct ci_force_param *param = out;
    const struct node *value = node_get(map, "default"), *choices = node_get(map, "choices");

    if (param->type == CI_PARAM_CHOICE && !choices)
        complain(d, map, "a choice needs \"choices\"");
    if (param->type != CI_PARAM_CHOICE && choices)
        complain(d, choices, "only a choice has \"choices\"");
    if (param->multiple && param->type != CI_PARAM_CHOICE)
        complain(d, node_get(map, "multiple"), "only a choice may be \"multiple\"");
    if (param->type == CI_PARAM_FIXED && !value)
        complain(d, map, "a fixed parameter needs a \"default\"");
    if (value && value->kind != NODE_NULL) {
        if (!suits(param, value))
            complain(d, value, "the default does not suit a parameter of type %s",
                     parameter_types[param->type]);
        keep_text(d, value, param);
    }
    if (!param->label)
        param->label = param->name;
}

static const struct section parameter = {
    .name = "parameter",
    .help = "A field of the force dialog.",
    SECTION_KEYS(parameter_keys),
    .size = sizeof(struct ci_force_param),
    .finish = finish_parameter,
};

#define AT(member) offsetof(struct ci_scheduler, member)
static const struct key force_keys[] = {
    CONFIG_SOURCE_KEYS,
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED, "Unique name, an identifier.",
        .check = check_identifier),
    KEY("button_name", KEY_STR, AT(button_name), KEY_NOT_EMPTY,
        "Text of the button; default: the name."),
    KEY("label", KEY_STR, AT(label), KEY_NOT_EMPTY, "Title of the dialog; default: the name."),
    KEY("parameters", KEY_LIST, AT(parameters), 0,
        "What the dialog asks for; each answer becomes a property.", .section = &parameter),
};
#undef AT

/* Each answer becomes a property, so two of one name would lose one. */
static void check_parameter_names(struct decode *d, const struct node *list)
{
    json_auto_t *seen = json_object();

    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
        const struct node *name = node_get(list->items[i], "name");

        if (!name || !name->text)
            continue;
        if (json_object_get(seen, name->text))
            complain(d, name, "two parameters are called \"%s\"", name->text);
        (void)json_object_set_new(seen, name->text, json_true());
    }
}

static void finish_force(struct decode *d, const struct node *map, void *out)
{
    struct ci_scheduler *scheduler = out;

    check_parameter_names(d, node_get(map, "parameters"));
    if (!scheduler->button_name)
        scheduler->button_name = scheduler->name;
    if (!scheduler->label)
        scheduler->label = scheduler->name;
}

const struct section config_force = {
    .name = "force",
    .help = "Builds when somebody asks for it.",
    SECTION_KEYS(force_keys),
    .base = &config_scheduler_common,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_FORCE,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
    .finish = finish_force,
};

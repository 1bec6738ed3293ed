/* SPDX-License-Identifier: Apache-2.0 */
/* `parameters` of a force scheduler: the fields of its dialog. */
#include "config_internal.h"

#include <string.h>

enum { FILE_MAX = 10 * 1024 * 1024, PATCH_LEVEL_MAX = 100 };

static const char *const types[] = {
    [CI_PARAM_STRING] = "string",
    [CI_PARAM_TEXT] = "text",
    [CI_PARAM_INT] = "int",
    [CI_PARAM_BOOL] = "bool",
    [CI_PARAM_CHOICE] = "choice",
    [CI_PARAM_FIXED] = "fixed",
    [CI_PARAM_USERNAME] = "username",
    [CI_PARAM_WORKER_CHOICE] = "worker_choice",
    [CI_PARAM_INHERIT_BUILD] = "inherit_build",
    [CI_PARAM_FILE] = "file",
    [CI_PARAM_ANY_PROPERTY] = "any_property",
    [CI_PARAM_PATCH] = "patch",
    [CI_PARAM_CODEBASE] = "codebase",
    [CI_PARAM_NESTED] = "nested",
    NULL,
};

static const char *check_layout(const char *text, void *mem)
{
    return strcmp(text, "simple") == 0 || strcmp(text, "vertical") == 0 || strcmp(text, "tabs") == 0
               ? NULL
               : ci_mem_printf(mem, "unrecognized value \"%.60s\" (known: simple, vertical, tabs)",
                               text);
}

#define AT(member) offsetof(struct ci_force_param, member)
static const struct key parameter_keys[] = {
    KEY("type", KEY_ENUM, AT(type), 0,
        "The kind of field: string, text, int, bool, choice, fixed, username, worker_choice, "
        "inherit_build, file, any_property, patch, codebase or nested; default string.",
        .example = "choice", .names = types),
    KEY("name", KEY_STR, AT(name), 0,
        "Name of the property; of nested: of an object that holds the fields, \"\" (the default) "
        "leaves them beside the others.",
        .example = "channel", .check = check_one_line),
    KEY("label", KEY_STR, AT(label), 0, "Text before the field; default: the name.",
        .example = "Release channel"),
    KEY("tablabel", KEY_STR, AT(tablabel), 0, "Text of the tab; default: the label.",
        .example = "Release"),
    KEY("tooltip", KEY_STR, AT(tooltip), 0, "Text that explains the field; default: none.",
        .example = "Where the packages go"),
    KEY("default", KEY_JSON, AT(value_default), 0, "What stands in the field at first.",
        .example = "beta"),
    KEY("required", KEY_BOOL, AT(required), 0,
        "Whether the field must be filled in; default false.", .example = "true"),
    KEY("regex", KEY_STR, AT(regex), 0,
        "POSIX extended regular expression that the text must match at its start; default: any "
        "text.",
        .example = "\"^v[0-9]+$\"", .check = check_regex),
    KEY("choices", KEY_STRS, AT(choices), KEY_NOT_EMPTY | KEY_UNIQUE, "What a choice offers.",
        .example = "[beta, stable]"),
    KEY("multiple", KEY_BOOL, AT(multiple), 0,
        "Whether several choices may be taken; default false.", .example = "true"),
    KEY("strict", KEY_BOOL, AT(strict), 0,
        "Whether only what is among the choices is taken; default true.", .example = "false"),
    KEY("autopopulate", KEY_OBJECT, AT(autopopulate), 0,
        "By choice: what other fields get when it is taken; default: nothing.",
        .example = "{stable: {sign: true}}"),
    KEY("hide", KEY_BOOL, AT(hide), 0, "Whether the dialog hides the field; default false.",
        .example = "true"),
    KEY("need_email", KEY_BOOL, AT(need_email), 0,
        "Whether a user's name needs an address; default false.", .example = "true"),
    KEY("size", KEY_INT, AT(size), 0, "Width of a line, in characters; default: the dialog's.",
        .example = "40", .max = 1000),
    KEY("rows", KEY_INT, AT(rows), 0, "Height of a text, in lines; default: the dialog's.",
        .example = "10", .max = 1000),
    KEY("cols", KEY_INT, AT(cols), 0, "Width of a text, in characters; default: the dialog's.",
        .example = "80", .max = 1000),
    KEY("maxsize", KEY_INT, AT(maxsize), 0,
        "Bytes that are taken; default: any, of a file and a patch 10 MiB.", .example = "65536",
        .max = FILE_MAX),
    KEY("compatible_builds", KEY_STRS, AT(compatible_builds), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Builders whose builds may be inherited from; default: the scheduler's own.",
        .example = "[linux]", .refers_to = SPACE_BUILDER),
    KEY("codebase", KEY_STR, AT(codebase), 0, "Codebase of codebase and patch; default \"\".",
        .example = "client"),
    KEY("layout", KEY_STR, AT(layout), 0,
        "How a nested parameter shows its fields: simple, vertical or tabs; default vertical.",
        .example = "tabs", .check = check_layout),
    KEY("columns", KEY_INT, AT(columns), 0, "Fields of a nested parameter in one row; default 1.",
        .example = "2", .min = 1, .max = 4),
    KEY("fields", KEY_LIST, AT(fields), KEY_NOT_EMPTY,
        "Parameters inside a nested one, or those of a codebase: branch, revision, repository, "
        "project.",
        .example = "[{name: major, type: int}, {name: minor, type: int}]",
        .section = &config_parameter),
};
#undef AT

#define IS(type_) (1U << CI_PARAM_##type_)
enum {
    LINES = IS(STRING) | IS(INT) | IS(USERNAME) | IS(FIXED),
    TEXTS = IS(STRING) | IS(TEXT) | IS(USERNAME) | IS(FILE),
};
/* Keys that only some types have. */
static const struct {
    const char *key;
    unsigned types;
} limits[] = {
    {"choices",           IS(CHOICE)                  },
    {"multiple",          IS(CHOICE)                  },
    {"strict",            IS(CHOICE)                  },
    {"autopopulate",      IS(CHOICE)                  },
    {"need_email",        IS(USERNAME)                },
    {"size",              LINES                       },
    {"rows",              IS(TEXT)                    },
    {"cols",              IS(TEXT)                    },
    {"maxsize",           TEXTS | IS(PATCH)           },
    {"regex",             TEXTS | IS(INT) | IS(CHOICE)},
    {"compatible_builds", IS(INHERIT_BUILD)           },
    {"codebase",          IS(CODEBASE) | IS(PATCH)    },
    {"layout",            IS(NESTED)                  },
    {"columns",           IS(NESTED)                  },
    {"fields",            IS(NESTED) | IS(CODEBASE)   },
};
#undef IS

static bool is_choice(const struct ci_force_param *param, const char *text)
{
    for (size_t i = 0; text && i < param->choices.count; i++) {
        if (strcmp(param->choices.items[i], text) == 0)
            return true;
    }
    return text && !param->strict;
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
    bool other = param->type == CI_PARAM_INT || param->type == CI_PARAM_BOOL ||
                 param->type == CI_PARAM_FIXED;

    if (!other && value->text)
        param->value_default = ci_mem_json(d->mem, json_string(value->text));
}

static void check_default(struct decode *d, const struct node *value, struct ci_force_param *param)
{
    if (!value || value->kind == NODE_NULL)
        return;
    if (!suits(param, value))
        complain(d, value, "the default does not suit a parameter of type %s", types[param->type]);
    keep_text(d, value, param);
}

static void check_codebase_fields(struct decode *d, const struct node *fields,
                                  const struct ci_force_param *param)
{
    static const char *const known[] = {"branch", "revision", "repository", "project"};
    size_t i = 0;

    CI_FOREACH(const struct ci_force_param, field, param->fields) {
        bool is_known = false;

        for (size_t k = 0; k < CI_COUNT(known); k++)
            is_known |= field->name && strcmp(field->name, known[k]) == 0;
        if (!is_known)
            complain(d, fields->items[i],
                     "fields of a codebase are branch, revision, repository "
                     "and project");
        i++;
    }
}

/* Keys of other types, and keys that this type can't do without. */
static void check_keys(struct decode *d, const struct node *map, const struct ci_force_param *param)
{
    static const struct {
        enum ci_param_type type;
        const char *key, *wrong;
    } needs[] = {
        {CI_PARAM_CHOICE, "choices", "a choice needs \"choices\""           },
        {CI_PARAM_NESTED, "fields",  "a nested parameter needs \"fields\""  },
        {CI_PARAM_FIXED,  "default", "a fixed parameter needs a \"default\""},
    };

    for (size_t i = 0; i < CI_COUNT(limits); i++) {
        const struct node *value = node_get(map, limits[i].key);

        if (value && !(limits[i].types & (1U << param->type)))
            complain(d, value, "a parameter of type %s has no \"%s\"", types[param->type],
                     limits[i].key);
    }
    for (size_t i = 0; i < CI_COUNT(needs); i++) {
        if (param->type == needs[i].type && !node_get(map, needs[i].key))
            complain(d, map, "%s", needs[i].wrong);
    }
}

static void check_name(struct decode *d, const struct node *map, struct ci_force_param *param)
{
    const struct node *name = node_get(map, "name");
    bool may_lack = param->type == CI_PARAM_NESTED || param->type == CI_PARAM_CODEBASE;

    if (!param->name && may_lack)
        param->name = "";
    else if (!name || !param->name)
        complain(d, name ? name : map, "\"name\" is missing");
    else if (!*param->name && !may_lack)
        complain(d, name, "must not be empty");
}

static void finish_parameter(struct decode *d, const struct node *map, void *out)
{
    struct ci_force_param *param = out;
    const struct node *fields = node_get(map, "fields");

    check_keys(d, map, param);
    check_name(d, map, param);
    if (param->type == CI_PARAM_CODEBASE && fields && fields->kind == NODE_LIST)
        check_codebase_fields(d, fields, param);
    check_default(d, node_get(map, "default"), param);
    if (!param->label)
        param->label = param->name;
    if (!param->tablabel)
        param->tablabel = param->label;
}

static const struct ci_force_param parameter_defaults = {
    .strict = true, .codebase = "", .layout = "vertical", .columns = 1};

const struct section config_parameter = {
    .name = "parameter",
    .help = "A field of the force dialog.",
    SECTION_KEYS(parameter_keys),
    .size = sizeof(struct ci_force_param),
    .defaults = &parameter_defaults,
    .finish = finish_parameter,
    .is_shared = true,
};

/* Each answer becomes a property, so two of one name would lose one. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than the 64 levels of the file */
static void check_names(struct decode *d, const struct node *list, json_t *seen)
{
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
        const struct node *name = node_get(list->items[i], "name");
        const struct node *type = node_get(list->items[i], "type");
        bool is_nested = type && type->text && strcmp(type->text, "nested") == 0;
        bool is_flat = is_nested && (!name || !name->text || !*name->text);

        if (is_nested) {
            json_auto_t *inside = json_object();

            check_names(d, node_get(list->items[i], "fields"), is_flat ? seen : inside);
        }
        if (is_flat || !name || !name->text || !*name->text)
            continue;
        if (json_object_get(seen, name->text))
            complain(d, name, "two parameters are called \"%s\"", name->text);
        (void)json_object_set_new(seen, name->text, json_true());
    }
}

void config_check_parameters(struct decode *d, const struct node *list)
{
    json_auto_t *seen = json_object();

    check_names(d, list, seen);
}

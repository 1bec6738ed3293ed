/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Schema 2020-12 of slipway.yaml, from the tables that validate it. */
#include "config_steps.h"

static json_t *section_schema(const struct section *section);
static json_t *shared_schema(const struct section *section);
static json_t *value_schema(const struct key *key);
static void put_key(const struct key *key, json_t *properties);

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *typed(const char *type)
{
    return json_pack("{s: s}", "type", type);
}

/* YAML's 1.10 and 42 are taken as texts where texts are wanted. */
static json_t *text_schema(unsigned flags)
{
    json_t *schema = json_pack("{s: [s, s]}", "type", "string", "number");

    if (flags & KEY_NOT_EMPTY)
        put(schema, "minLength", json_integer(1));
    return schema;
}

static json_t *one_or_many(json_t *item, unsigned flags)
{
    json_t *list = json_pack("{s: s, s: O}", "type", "array", "items", item);

    if (flags & KEY_NOT_EMPTY)
        put(list, "minItems", json_integer(1));
    if (flags & KEY_UNIQUE)
        put(list, "uniqueItems", json_true());
    return json_pack("{s: [o, o]}", "anyOf", item, list);
}

static json_t *enum_schema(const char *const *names)
{
    json_t *list = json_array();

    for (size_t i = 0; names[i]; i++)
        (void)json_array_append_new(list, json_string(names[i]));
    return json_pack("{s: o}", "enum", list);
}

static json_t *int_schema(const struct key *key)
{
    json_t *schema = typed("integer");

    put(schema, "minimum", json_integer(key->min));
    put(schema, "maximum", json_integer(key->max ? key->max : INT32_MAX));
    return schema;
}

static json_t *secret_schema(void)
{
    json_t *any = json_array();
    static const char *const forms[] = {"secret", "env"};

    (void)json_array_append_new(any, text_schema(0));
    for (size_t i = 0; i < CI_COUNT(forms); i++)
        (void)json_array_append_new(any,
                                    json_pack("{s: s, s: {s: {s: s}}, s: [s], s: b}", "type",
                                              "object", "properties", forms[i], "type", "string",
                                              "required", forms[i], "additionalProperties", 0));
    return json_pack("{s: o}", "anyOf", any);
}

static json_t *kvs_schema(const struct key *key)
{
    json_t *value = json_pack("{s: [s, s, s]}", "type", "string", "number", "boolean");

    if (key->flags & KEY_JOIN)
        value = json_pack("{s: [o, {s: s}, {s: s, s: o}]}", "anyOf", value, "type", "null", "type",
                          "array", "items", text_schema(0));
    return json_pack("{s: s, s: o}", "type", "object", "additionalProperties", value);
}

static json_t *modes_schema(void)
{
    json_t *item = enum_schema(config_modes), *list = one_or_many(item, KEY_NOT_EMPTY);

    (void)json_array_append_new(json_object_get(list, "anyOf"),
                                json_pack("{s: s}", "const", "all"));
    return list;
}

/* NOLINTBEGIN(misc-no-recursion): as deep as the tables nest */
static json_t *match_schema(const struct key *key)
{
    json_t *item = key->match == MATCH_EQ
                       ? json_pack("{s: [s, s, s]}", "type", "string", "number", "null")
                       : text_schema(0);

    return one_or_many(item, 0);
}

static json_t *choice_schema(const struct choice *choice)
{
    json_t *any = json_array();

    for (size_t i = 0; choice->sections[i]; i++) {
        json_t *schema = section_schema(choice->sections[i]);

        put(json_object_get(schema, "properties"), choice->discriminator,
            json_pack("{s: s}", "const", choice->sections[i]->name));
        (void)json_array_append_new(any, schema);
    }
    return json_pack("{s: o}", "oneOf", any);
}

static void add_keys(const struct section *section, json_t *properties)
{
    for (; section; section = section->base) {
        for (size_t i = 0; i < section->count; i++) {
            if (!(section->keys[i].flags & KEY_WIRE))
                put_key(&section->keys[i], properties);
        }
    }
}

/* The attributes stand once in the schema: in every type they would be most of it. */
static void refer(const struct key *key, json_t *properties)
{
    json_t *reference;

    if (key->flags & KEY_WIRE)
        return;
    reference = json_pack("{s: s+}", "$ref", "#/$defs/step_attributes/properties/", key->name);
    put(properties, key->name, reference);
    if (key->alias)
        put(properties, key->alias, json_incref(reference));
}

/* Arguments and attributes stand below the key of the type or beside it. */
static json_t *step_schema(const struct section *section)
{
    json_t *all = json_object(), *beside = json_object(), *value, *forms = json_array();
    const struct key *primary =
        section->args->primary ? section_key(section->args, section->args->primary) : NULL;

    for (size_t i = 0; i < section->base->count; i++)
        refer(&section->base->keys[i], all);
    add_keys(section->args, all);
    (void)json_object_update(beside, all);
    value = json_pack("{s: s, s: o, s: b}", "type", "object", "properties", all,
                      "additionalProperties", 0);
    (void)json_array_append_new(forms, value);
    if (primary)
        (void)json_array_append_new(forms, value_schema(primary));
    if (!primary || !(primary->flags & KEY_REQUIRED))
        (void)json_array_append_new(forms, typed("null"));
    put(beside, section->name,
        json_pack("{s: o, s: s}", "anyOf", forms, "description", section->help));
    return json_pack("{s: s, s: o, s: [s], s: b}", "type", "object", "properties", beside,
                     "required", section->name, "additionalProperties", 0);
}

static json_t *steps_schema(const struct key *key)
{
    json_t *list = json_pack("{s: s, s: {s: s}}", "type", "array", "items", "$ref", "#/$defs/step");

    if (key->flags & KEY_NOT_EMPTY)
        put(list, "minItems", json_integer(1));
    return list;
}

static json_t *list_schema(const struct key *key)
{
    json_t *item = key->section ? shared_schema(key->section) : choice_schema(key->choice);
    json_t *list = json_pack("{s: s, s: o}", "type", "array", "items", item);

    if (key->flags & KEY_NOT_EMPTY)
        put(list, "minItems", json_integer(1));
    if (key->section && key->section->primary)
        return json_pack("{s: [o, O]}", "anyOf", list, item);
    return list;
}

static json_t *codebases_schema(const struct key *key)
{
    return json_pack("{s: [o, {s: s, s: o}]}", "anyOf", list_schema(key), "type", "object",
                     "additionalProperties", shared_schema(key->section));
}

static json_t *cron_schema(void)
{
    return one_or_many(json_pack("{s: [s, s]}", "type", "string", "integer"), 0);
}

static json_t *later_schema(const struct key *key)
{
    struct key like = *key;

    if (key->section)
        return shared_schema(key->section);
    like.kind = key->like;
    return value_schema(&like);
}

static json_t *value_schema(const struct key *key)
{
    switch (key->kind) {
    case KEY_STR:
        return text_schema(key->flags);
    case KEY_INT:
        return int_schema(key);
    case KEY_BOOL:
        return typed("boolean");
    case KEY_ENUM:
    case KEY_EITHER:
        return enum_schema(key->names);
    case KEY_SIZE:
        return json_pack("{s: [s, s]}", "type", "string", "integer");
    case KEY_POINTER:
    case KEY_SECTION:
        return shared_schema(key->section);
    case KEY_CODEBASES:
        return codebases_schema(key);
    case KEY_PROPERTIES:
        return json_pack(
            "{s: s, s: o}", "type", "object", "additionalProperties",
            one_or_many(json_pack("{s: [s, s, s]}", "type", "string", "number", "null"), 0));
    case KEY_COLLAPSE:
        return json_pack("{s: [o, {s: s}]}", "anyOf", enum_schema(key->names), "type", "boolean");
    case KEY_LATER:
        return later_schema(key);
    case KEY_SWITCH:
        return json_pack("{s: [s, s]}", "type", "string", "boolean");
    case KEY_DUR:
        return json_pack("{s: [s, s]}", "type", "string", "number");
    case KEY_STRS:
        return one_or_many(text_schema(key->flags), key->flags);
    case KEY_KVS:
        return kvs_schema(key);
    case KEY_JSON:
        return json_object();
    case KEY_OBJECT:
        return typed("object");
    case KEY_SECRET:
        return secret_schema();
    case KEY_MATCH:
        return match_schema(key);
    case KEY_LIST:
        return list_schema(key);
    case KEY_BRANCHES:
    case KEY_COMMAND:
        return one_or_many(text_schema(KEY_NOT_EMPTY), KEY_NOT_EMPTY);
    case KEY_MODES:
        return modes_schema();
    case KEY_STEPS:
        return steps_schema(key);
    case KEY_CRON_FIELD:
        return cron_schema();
    case KEY_TYPE:
        return typed("string");
    }
    return NULL;
}

/* Nothing at all (`key:` without a value) is as good as no key, where the key may be missing. */
static json_t *key_schema(const struct key *key)
{
    json_t *schema = value_schema(key);

    if (!(key->flags & KEY_REQUIRED) && key->kind != KEY_JSON)
        schema = json_pack("{s: [o, {s: s}]}", "anyOf", schema, "type", "null");
    if (key->help)
        put(schema, "description", json_string(key->help));
    return schema;
}

static void put_key(const struct key *key, json_t *properties)
{
    json_t *schema = key_schema(key);

    put(properties, key->name, schema);
    if (key->alias)
        put(properties, key->alias, json_incref(schema));
}

static void add_key(const struct key *key, json_t *properties, json_t *required, json_t *all_of)
{
    put_key(key, properties);
    if ((key->flags & KEY_REQUIRED) && !key->alias)
        (void)json_array_append_new(required, json_string(key->name));
    else if (key->flags & KEY_REQUIRED)
        (void)json_array_append_new(all_of,
                                    json_pack("{s: [{s: [s]}, {s: [s]}]}", "oneOf", "required",
                                              key->name, "required", key->alias));
}

/* `templates`, whose keys are the users' own. */
static json_t *free_schema(const struct section *section)
{
    return json_pack("{s: s, s: o}", "type", "object", "additionalProperties",
                     section_schema(section));
}

static json_t *section_schema(const struct section *section)
{
    json_t *properties, *required, *all_of, *schema;

    if (section == &config_templates)
        return free_schema(&config_template);
    properties = json_object();
    required = json_array();
    all_of = json_array();
    schema = json_pack("{s: s, s: o, s: o, s: o, s: b}", "type", "object", "properties", properties,
                       "required", required, "allOf", all_of, "additionalProperties", 0);
    if (section->help)
        put(schema, "description", json_string(section->help));
    for (const struct section *s = section; s; s = s->base) {
        for (size_t i = 0; i < s->count; i++) {
            if (!(s->keys[i].flags & KEY_WIRE))
                add_key(&s->keys[i], properties, required, all_of);
        }
    }
    if (json_array_size(all_of) == 0)
        (void)json_object_del(schema, "allOf");
    if (section->primary)
        schema = json_pack("{s: [o, o]}", "anyOf", schema,
                           value_schema(section_key(section, section->primary)));
    return schema;
}

/* Where it is used often, or inside itself, only its name. */
static json_t *shared_schema(const struct section *section)
{
    return section->is_shared ? json_pack("{s: s+}", "$ref", "#/$defs/", section->name)
                              : section_schema(section);
}

static json_t *definitions(void)
{
    static const struct section *const shared[] = {
        &config_lock_use,  &config_source_spec, &config_filter,
        &config_parameter, &config_retention,   &config_step_common,
    };
    json_t *all = json_object(), *types = json_array();

    for (size_t i = 0; i < CI_COUNT(shared); i++)
        put(all, shared[i]->name, section_schema(shared[i]));
    for (size_t i = 0; config_steps.sections[i]; i++) {
        if (!config_steps.sections[i]->wire_only)
            (void)json_array_append_new(types, step_schema(config_steps.sections[i]));
    }
    put(all, "step", json_pack("{s: o}", "oneOf", types));
    return all;
}
/* NOLINTEND(misc-no-recursion) */

json_t *ci_config_schema(void)
{
    json_t *schema = section_schema(&config_root);

    put(schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    put(schema, "title", json_string(config_root.name));
    put(schema, "$defs", definitions());
    return schema;
}

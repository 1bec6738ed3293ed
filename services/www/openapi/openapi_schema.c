/* SPDX-License-Identifier: Apache-2.0 */
/* The schemas and parameters of the OpenAPI document, from the tables of fields. */
#include "about/about_api.h"
#include "contents/log_search.h"
#include "contents/page.h"
#include "contents/search.h"
#include "openapi/openapi.h"
#include "rest/query.h"
#include "shared/config.h"
#include "shared/model.h"
#include "why/why.h"
#include "why/why_change.h"

#include <string.h>

static json_t *typed(const char *type, bool nullable)
{
    return nullable ? json_pack("{s:[s, s]}", "type", type, "null")
                    : json_pack("{s:s}", "type", type);
}

static json_t *integer(bool nullable)
{
    json_t *schema = typed("integer", nullable);

    json_object_set_new(schema, "format", json_string("int64"));
    return schema;
}

static json_t *moment(bool nullable)
{
    json_t *schema = integer(nullable);

    json_object_set_new(schema, "description", json_string("Epoch seconds"));
    return schema;
}

/* Takes `items`. */
static json_t *list_of(json_t *items)
{
    return json_pack("{s:s, s:o}", "type", "array", "items", items);
}

static json_t *texts(void)
{
    return list_of(typed("string", false));
}

/* ---- resources ---- */

static json_t *row_schema(const struct rest_resource *resource, void *mem);

static bool is_listed(const struct rest_resource *resource)
{
    for (const struct rest_resource *const *at = rest_resources; *at; at++)
        if (*at == resource)
            return true;
    return false;
}

static json_t *object_schema(const struct shape *shape, void *mem)
{
    return is_listed(shape->of) ? openapi_ref("schemas", openapi_name(shape->of, mem))
                                : row_schema(shape->of, mem);
}

static json_t *or_null(json_t *schema, bool nullable)
{
    return nullable ? json_pack("{s:[o, {s:s}]}", "oneOf", schema, "type", "null") : schema;
}

static json_t *opaque_schema(const struct rest_resource *resource, const struct rest_field *field,
                             void *mem)
{
    const struct shape *shape = shape_of(resource, field);

    switch (shape ? shape->kind : SHAPE_OBJECT) {
    case SHAPE_OBJECT:
        return typed("object", field->nullable);
    case SHAPE_OBJECTS:
        return list_of(typed("object", false));
    case SHAPE_STRINGS:
        return list_of(typed("string", false));
    case SHAPE_PROPERTIES:
        return or_null(openapi_ref("schemas", "property_values"), field->nullable);
    case SHAPE_INTEGER:
        return integer(field->nullable);
    case SHAPE_BINARY:
        return typed("null", false);
    case SHAPE_ROW:
        return or_null(object_schema(shape, mem), field->nullable);
    case SHAPE_ROWS:
        return list_of(object_schema(shape, mem));
    }
    return json_object();
}

static json_t *field_schema(const struct rest_resource *resource, const struct rest_field *field,
                            void *mem)
{
    switch (field->type) {
    case REST_INT:
        return integer(field->nullable);
    case REST_BOOL:
        return typed("boolean", field->nullable);
    case REST_STR:
        return typed("string", field->nullable);
    case REST_TIME:
        return moment(field->nullable);
    case REST_STRS:
        return texts();
    case REST_INTS:
        return list_of(integer(false));
    case REST_OPAQUE:
        return opaque_schema(resource, field, mem);
    }
    return json_object();
}

static json_t *row_schema(const struct rest_resource *resource, void *mem)
{
    json_t *properties = json_object(), *required = json_array();

    if (resource->bare) {
        json_decref(properties);
        json_decref(required);
        return openapi_ref("schemas", "property_values");
    }
    for (size_t i = 0; i < resource->count; i++) {
        const struct rest_field *field = &resource->fields[i];

        json_object_set_new(properties, field->name, field_schema(resource, field, mem));
        json_array_append_new(required, json_string(field->name));
    }
    json_t *schema = json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties,
                               "required", required);
    if (resource->help)
        json_object_set_new(schema, "description", json_string(resource->help));
    return schema;
}

const char *openapi_name(const struct rest_resource *resource, void *mem)
{
    for (const struct rest_resource *const *at = rest_resources; *at && *at != resource; at++)
        if (strcmp((*at)->record->name, resource->record->name) == 0 &&
            (*at)->count != resource->count)
            return ci_mem_printf(mem, "%s_whole", resource->record->name);
    return resource->record->name;
}

/* ---- records ---- */

static json_t *names_schema(const char *const *names)
{
    json_t *list = json_array();

    for (; names && *names; names++)
        json_array_append_new(list, json_string(*names));
    return json_pack("{s:s, s:o}", "type", "string", "enum", list);
}

static json_t *member_schema(const struct ci_field *field)
{
    switch (field->type) {
    case CI_BOOL:
        return typed("boolean", false);
    case CI_INT:
    case CI_I64:
        return integer(false);
    case CI_DOUBLE:
    case CI_DUR:
        return typed("number", false);
    case CI_MAYBE:
        return integer(true);
    case CI_STR:
        return typed("string", true);
    case CI_TIME:
        return moment(true);
    case CI_STRS:
        return texts();
    case CI_I64S:
        return list_of(integer(false));
    case CI_ENUM:
        return names_schema(field->names);
    case CI_LIST:
        return list_of(openapi_record(field->record));
    case CI_OBJECT:
        return or_null(openapi_record(field->record), true);
    case CI_JSON:
    case CI_BYTES:
        break;
    }
    return json_object();
}

json_t *openapi_record(const struct ci_record *record)
{
    json_t *properties = json_object(), *required = json_array();

    for (size_t i = 0; i < record->count; i++) {
        const struct ci_field *field = &record->fields[i];
        json_t *schema = member_schema(field);

        if (field->type == CI_BYTES || (field->flags & CI_SECRET)) { /* never written */
            json_decref(schema);
            continue;
        }
        if (field->help)
            json_object_set_new(schema, "description", json_string(field->help));
        json_object_set_new(properties, field->name, schema);
        if (!(field->flags & CI_OMIT_NULL))
            json_array_append_new(required, json_string(field->name));
    }
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required",
                     required);
}

/* ---- components ---- */

/* What is neither a resource nor a record. */
static json_t *own_schemas(void)
{
    static const char json[] =
        "{\"error\": {\"type\": \"object\", \"required\": [\"error\"], \"properties\": {\"error\":"
        " {\"type\": \"string\"}}},"
        "\"collection_meta\": {\"type\": \"object\", \"required\": [\"total\"], \"properties\":"
        " {\"total\": {\"type\": \"integer\", \"format\": \"int64\"}}},"
        "\"filter_value\": {\"description\": \"The value of a filter, or several of them\","
        " \"oneOf\": [{\"type\": [\"string\", \"number\", \"boolean\"]}, {\"type\": \"array\","
        " \"items\": {\"type\": [\"string\", \"number\", \"boolean\"]}}]},"
        "\"property_values\": {\"description\": \"Properties: a value and where it came from, by"
        " name\", \"type\": \"object\", \"additionalProperties\": {\"type\": \"array\","
        " \"prefixItems\": [{\"description\": \"any JSON\"}, {\"type\": \"string\"}],"
        " \"minItems\": 2, \"maxItems\": 2}},"
        "\"rpc_error\": {\"type\": \"object\", \"required\": [\"jsonrpc\", \"error\"],"
        " \"properties\": {\"jsonrpc\": {\"const\": \"2.0\"}, \"id\": {}, \"error\": {\"type\":"
        " \"object\", \"required\": [\"code\", \"message\"], \"properties\": {\"code\": {\"type\":"
        " \"integer\"}, \"message\": {\"description\": \"A text; of forms an object of complaints"
        " by field\", \"type\": [\"string\", \"object\"]}}}}},"
        "\"logchunk\": {\"description\": \"Lines of a log; in a log of type s each begins with the"
        " letter of its stream\", \"type\": \"object\", \"required\": [\"logid\", \"firstline\","
        " \"content\"], \"properties\": {\"logid\": {\"type\": \"integer\", \"format\": \"int64\"},"
        " \"firstline\": {\"type\": \"integer\", \"format\": \"int64\"}, \"content\": {\"type\":"
        " \"string\"}}}}";

    return json_loads(json, 0, NULL);
}

/* "started_at" may be asked for by itself, and "started_at__gt" by every resource's filter. */
static json_t *filter_schema(const struct rest_resource *resource)
{
    json_t *properties = json_object();

    for (size_t i = 0; i < resource->count; i++)
        if (resource->fields[i].type != REST_OPAQUE)
            json_object_set_new(properties, resource->fields[i].name,
                                openapi_ref("schemas", "filter_value"));
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties,
                     "additionalProperties", openapi_ref("schemas", "filter_value"));
}

json_t *openapi_schemas(void *mem)
{
    static const struct {
        const char *name;
        const struct ci_record *record;
    } records[] = {
        {"about",          &about_record            },
        {"change_why",     &why_change_record       },
        {"config_version", &ci_config_version_record},
        {"logmatch",       &log_match_record        },
        {"logtime",        &log_time_record         },
        {"request_why",    &why_record              },
        {"search_group",   &search_group_record     },
    };
    json_t *schemas = own_schemas();

    for (const struct rest_resource *const *at = rest_resources; *at; at++)
        if (!(*at)->bare)
            json_object_set_new(schemas, openapi_name(*at, mem), row_schema(*at, mem));
    for (size_t i = 0; i < CI_COUNT(records); i++)
        json_object_set_new(schemas, records[i].name, openapi_record(records[i].record));
    json_object_set_new(schemas, "build_page", page_schema(mem));
    return schemas;
}

/* Takes `schema`. */
static json_t *parameter(const char *name, json_t *schema, const char *description)
{
    return json_pack("{s:s, s:s, s:o, s:s}", "name", name, "in", "query", "schema", schema,
                     "description", description);
}

static json_t *order_schema(const struct rest_resource *resource)
{
    json_t *names = json_array();

    for (size_t i = 0; i < resource->count; i++) {
        if (resource->fields[i].type == REST_OPAQUE)
            continue;
        json_array_append_new(names, json_string(resource->fields[i].name));
        json_array_append_new(names, json_sprintf("-%s", resource->fields[i].name));
    }
    return list_of(json_pack("{s:s, s:o}", "type", "string", "enum", names));
}

static json_t *selection_schema(const struct rest_resource *resource)
{
    json_t *names = json_array();

    for (size_t i = 0; i < resource->count; i++)
        json_array_append_new(names, json_string(resource->fields[i].name));
    return list_of(json_pack("{s:s, s:o}", "type", "string", "enum", names));
}

static bool has_collection(const struct rest_resource *resource)
{
    for (const struct rest_path *const *table = rest_paths; *table; table++)
        for (const struct rest_path *path = *table; path->pattern; path++)
            if (path->resource == resource && path->kind == REST_COLLECTION)
                return true;
    return false;
}

/* What a resource's collections take beside what all of them do. */
static void add_parameters(json_t *all, const struct rest_resource *resource, void *mem)
{
    const char *name = openapi_name(resource, mem);

    if (!resource->bare)
        json_object_set_new(
            all, ci_mem_printf(mem, "%s.field", name),
            parameter("field", selection_schema(resource),
                      "Shows these fields only, though the schema has all as required"));
    if (!has_collection(resource))
        return;
    json_object_set_new(all, ci_mem_printf(mem, "%s.order", name),
                        parameter("order", order_schema(resource),
                                  "By these fields, the first first; `-` is descending"));
    json_t *filter = parameter("filter", filter_schema(resource),
                               "`<field>` or `<field>__<operator>`, each an option of its own");
    json_object_set_new(filter, "style", json_string("form"));
    json_object_set_new(filter, "explode", json_true());
    json_object_set_new(all, ci_mem_printf(mem, "%s.filter", name), filter);
}

json_t *openapi_parameters(void *mem)
{
    json_t *all = json_object();

    json_object_set_new(all, "limit",
                        parameter("limit", json_pack("{s:s, s:i}", "type", "integer", "minimum", 0),
                                  "At most so many; 0 asks for the total alone"));
    json_object_set_new(all, "offset",
                        parameter("offset",
                                  json_pack("{s:s, s:i}", "type", "integer", "minimum", 0),
                                  "Leaves out so many first; of a log, lines"));
    json_object_set_new(
        all, "property",
        parameter("property", texts(), "Names of the properties to show, `*` for all of them"));
    json_object_set_new(
        all, "idempotency_key",
        json_pack("{s:s, s:s, s:{s:s}, s:s}", "name", "Idempotency-Key", "in", "header", "schema",
                  "type", "string", "description",
                  "The same call once more with the same key does nothing and is answered as the "
                  "first was, for a day; 422: the key was another call's"));
    for (const struct rest_resource *const *at = rest_resources; *at; at++)
        add_parameters(all, *at, mem);
    return all;
}

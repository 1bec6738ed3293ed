/* SPDX-License-Identifier: Apache-2.0 */
/* What searches of logs take and answer, for the OpenAPI document. */
#include "contents/log_search.h"
#include "openapi/openapi.h"

static const char *const directions[] = {"forward", "backward", NULL};
static const char *const streams[] = {"o", "e", "h", NULL};

static const struct option {
    const char *name, *type;
    const char *const *names; /* NULL: any value of the type */
    const char *help;
} options[] = {
    {"q",         "string",  NULL,
     "The text to search for, or the pattern, at most 500 characters; empty: every line"                },
    {"regex",     "boolean", NULL,           "q is a regular expression, as PCRE2 knows them"           },
    {"case",      "boolean", NULL,           "Upper and lower case differ"                              },
    {"find",      "string",  log_find_names,
     "A text; or, without q, errors, errors and warnings, marks of groups"                              },
    {"stream",    "string",  streams,        "Only lines of stdout, of stderr, or of the agent"         },
    {"from",      "integer", NULL,           "The first line to look at, from 0"                        },
    {"to",        "integer", NULL,           "The last line to look at"                                 },
    {"direction", "string",  directions,     "Towards the end, or towards the beginning"                },
    {"limit",     "integer", NULL,           "At most so many lines; usually 100, never more than 1,000"},
};

static json_t *schema_of(const struct option *option)
{
    json_t *schema = json_pack("{s:s}", "type", option->type);
    json_t *names = option->names ? json_array() : NULL;

    for (const char *const *name = option->names; name && *name; name++)
        json_array_append_new(names, json_string(*name));
    if (names)
        json_object_set_new(schema, "enum", names);
    return schema;
}

void openapi_search_options(json_t *parameters)
{
    for (size_t i = 0; i < CI_COUNT(options); i++)
        json_array_append_new(parameters, json_pack("{s:s, s:s, s:o, s:s}", "name", options[i].name,
                                                    "in", "query", "schema", schema_of(&options[i]),
                                                    "description", options[i].help));
}

json_t *openapi_search_answer(void)
{
    return json_pack(
        "{s:s, s:[s, s], s:{s:{s:s, s:o}, s:{s:s, s:[s, s], s:{s:{s:[s, s], s:s, s:s}, s:{s:s, "
        "s:s, s:s}}}}}",
        "type", "object", "required", "logmatches", "meta", "properties", "logmatches", "type",
        "array", "items", openapi_ref("schemas", "logmatch"), "meta", "type", "object", "required",
        "next", "costly", "properties", "next", "type", "integer", "null", "format", "int64",
        "description", "The line to go on from; null when all of them are looked at", "costly",
        "type", "integer", "format", "int64", "description",
        "Lines given up, as the pattern takes too long there");
}

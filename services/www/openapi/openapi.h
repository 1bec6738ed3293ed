/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The OpenAPI 3.1 document of everything that www serves, made from the tables
 * of routes, paths, resources and control calls. Pure; all that is returned is
 * a new reference.
 */
#pragma once

#include "openapi/shapes.h"
#include "shared/http.h"

/* The whole document. */
json_t *openapi_document(void);

/* Whether the table of openapi_routes.c says what a route does; a test asks for all of them. */
bool openapi_knows(const struct ci_route *route);

/* ---- for the parts of it ---- */

/* {"$ref": "#/components/<kind>/<name>"}. */
json_t *openapi_ref(const char *kind, const char *name);

/* The component's name of a resource's rows, in mem: its record's. */
const char *openapi_name(const struct rest_resource *resource, void *mem);

/* components.schemas and components.parameters. */
json_t *openapi_schemas(void *mem);
json_t *openapi_parameters(void *mem);

/* The schema of what a record is written as. */
json_t *openapi_record(const struct ci_record *record);

/* {"200": {description, content}}, and the refusals that every call may meet. Takes `schema`. */
json_t *openapi_responses(const char *type, json_t *schema);

/* Who may call it, as OpenAPI says it. */
json_t *openapi_security(enum ci_role role);

/*
 * Adds an operation to a path, making the path when it is new. `pattern` as in
 * the tables: ":n", ":s", ":n:name", ":name", "*", "*name" become parameters; a
 * number and a name in one place become one that may be either. Takes
 * `operation`, which gets its operationId.
 */
void openapi_add(json_t *paths, const char *root, const char *pattern, const char *method,
                 json_t *operation, void *mem);

/* Adds the options of logs/N/search to a list; the schema of its answer. */
void openapi_search_options(json_t *parameters);
json_t *openapi_search_answer(void);

void openapi_add_rest(json_t *paths, void *mem);
void openapi_add_routes(json_t *paths, void *mem);

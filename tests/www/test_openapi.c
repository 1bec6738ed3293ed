/* SPDX-License-Identifier: Apache-2.0 */
/* The documents made from the tables are whole: every route, path, field and call is in them. */
#include "ci_test.h"
#include "control/actions.h"
#include "openapi/openapi.h"
#include "openapi/spec.h"
#include "www.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    json_t *document, *paths;
} made;

static int make(void **state)
{
    (void)state;
    made.document = openapi_document();
    made.paths = json_object_get(made.document, "paths");
    return made.document == NULL;
}

static int drop(void **state)
{
    (void)state;
    json_decref(made.document);
    return 0;
}

static void openapi__describes_every_route(void **state)
{
    (void)state;
    for (size_t i = 0; i < www_route_count; i++)
        if (!openapi_knows(&www_routes[i]))
            fail_msg("%s %s has no row in openapi_routes.c", www_routes[i].method,
                     www_routes[i].path);
}

/* The operation by its id, which is made from the path as a client would. */
static const json_t *operation(const char *path, const char *method)
{
    return json_object_get(json_object_get(made.paths, path), method);
}

static void openapi__has_every_path(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (const struct rest_path *const *table = rest_paths; *table; table++)
        for (const struct rest_path *path = *table; path->pattern; path++) {
            json_auto_t *alone = json_object();

            openapi_add(alone, "/api/v2/", path->pattern, "get", json_object(), mem);
            if (!operation(json_object_iter_key(json_object_iter(alone)), "get"))
                fail_msg("%s is not in it", path->pattern);
        }
}

static void openapi__has_every_call(void **state)
{
    (void)state;
    for (const struct action *action = actions; action->resource; action++) {
        bool found = false;
        const char *path;
        json_t *item;

        json_object_foreach(made.paths, path, item) {
            char *text = json_dumps(json_object_get(item, "post"), JSON_ENCODE_ANY);
            char wanted[100];

            snprintf(wanted, sizeof(wanted), "{\"const\": \"%s\"}", action->method);
            found = found || (text && strstr(text, wanted));
            free(text);
        }
        if (!found)
            fail_msg("%s is not in it", action->method);
    }
}

static void openapi__merges_numbers_and_names(void **state)
{
    const json_t *item = json_object_get(made.paths, "/api/v2/builders/{builder}/builds/{number}");
    const json_t *parameters = json_object_get(item, "parameters");

    (void)state;
    assert_int_equal(2, json_array_size(parameters));
    assert_non_null(
        json_object_get(json_object_get(json_array_get(parameters, 0), "schema"), "oneOf"));
    assert_string_equal("integer",
                        json_string_value(json_object_get(
                            json_object_get(json_array_get(parameters, 1), "schema"), "type")));
}

/* Follows every reference and collects the ids of the operations. */
static void walk(const json_t *json, json_t *ids)
{
    const char *key;
    json_t *value;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)json, i, value)
        walk(value, ids);
    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        const char *text = json_string_value(value);

        walk(value, ids);
        if (text && strcmp(key, "$ref") == 0) {
            char section[40] = "", name[100] = "";

            assert_int_equal(2, sscanf(text, "#/components/%39[^/]/%99s", section, name));
            if (!json_object_get(
                    json_object_get(json_object_get(made.document, "components"), section), name))
                fail_msg("%s leads nowhere", text);
        }
        if (text && strcmp(key, "operationId") == 0) {
            if (json_object_get(ids, text))
                fail_msg("two operations are called %s", text);
            json_object_set_new(ids, text, json_true());
        }
    }
}

static void openapi__is_sound(void **state)
{
    json_auto_t *ids = json_object();

    (void)state;
    walk(made.document, ids);
    assert_true(json_object_size(ids) > 100);
}

/* Two paths may not differ by the names of their values alone. */
static void openapi__has_each_path_once(void **state)
{
    json_auto_t *seen = json_object();
    const char *path;
    json_t *item;

    (void)state;
    json_object_foreach(made.paths, path, item) {
        char bare[200];
        size_t len = 0;
        bool inside = false;

        for (const char *at = path; *at && len + 1 < sizeof(bare); at++) {
            if (!inside || *at == '}')
                bare[len++] = *at;
            inside = (inside || *at == '{') && *at != '}';
        }
        bare[len] = '\0';
        if (json_object_get(seen, bare))
            fail_msg("%s is %s by another name", path,
                     json_string_value(json_object_get(seen, bare)));
        json_object_set_new(seen, bare, json_string(path));
    }
}

static void shapes__say_what_every_object_is(void **state)
{
    (void)state;
    for (const struct rest_resource *const *at = rest_resources; *at; at++)
        for (size_t i = 0; i < (*at)->count; i++)
            if ((*at)->fields[i].type == REST_OPAQUE && !shape_of(*at, &(*at)->fields[i]))
                fail_msg("shapes.c does not say what %s.%s holds", (*at)->record->name,
                         (*at)->fields[i].name);
}

/* Every value has a name of its own within its path. */
static void check_values(const char *pattern)
{
    const char *names[8];
    size_t count = 0;

    for (const char *at = pattern; *at; at += strcspn(at, "/"), at += *at == '/') {
        if (*at != ':' && *at != '*')
            continue;
        struct path_value value = path_value_of(pattern, at);

        if (!value.name)
            fail_msg("shapes.c has no name for a value of %s", pattern);
        for (size_t i = 0; i < count; i++)
            if (strcmp(names[i], value.any) == 0)
                fail_msg("%s: two values are called %s", pattern, value.any);
        names[count++] = value.any;
    }
}

static void shapes__name_every_value(void **state)
{
    (void)state;
    for (const struct rest_path *const *table = rest_paths; *table; table++)
        for (const struct rest_path *path = *table; path->pattern; path++)
            check_values(path->pattern);
}

static void spec__writes_paths_as_buildbot_does(void **state)
{
    static const char *const pairs[][2] = {
        {"builds/:n",                              "builds/n:buildid"                       },
        {"builders/:n/builds/:n",                  "builders/n:builderid/builds/n:number"   },
        {"builders/:s/builds/:n/steps/:n/logs/:s",
         "builders/s:buildername/builds/n:build_number/steps/n:step_number/logs/i:log_slug" },
        {"steps/:n/logs/:s/contents",              "steps/n:stepid/logs/i:log_slug/contents"},
        {"builds/:n/steps/:s",                     "builds/n:buildid/steps/i:step_name"     },
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(pairs); i++)
        assert_string_equal(pairs[i][1], spec_path(pairs[i][0], mem));
}

static void spec__tells_types(void **state)
{
    json_auto_t *type = spec_type(&rest_builders);
    json_t *fields = json_object_get(type, "fields"), *field;
    size_t i, seen = 0;

    (void)state;
    assert_string_equal("builder", json_string_value(json_object_get(type, "type")));
    json_array_foreach(fields, i, field) {
        const char *name = json_string_value(json_object_get(field, "name"));
        const json_t *spec = json_object_get(field, "type_spec");

        if (strcmp(name, "description") == 0) {
            assert_string_equal("string or None",
                                json_string_value(json_object_get(field, "type")));
            assert_true(json_is_true(json_object_get(spec, "can_be_null")));
            seen++;
        } else if (strcmp(name, "tags") == 0) {
            assert_string_equal("list", json_string_value(json_object_get(spec, "type")));
            assert_string_equal(
                "string", json_string_value(json_object_get(json_object_get(spec, "of"), "name")));
            seen++;
        }
    }
    assert_int_equal(2, seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openapi__describes_every_route),
        cmocka_unit_test(openapi__has_every_path),
        cmocka_unit_test(openapi__has_every_call),
        cmocka_unit_test(openapi__merges_numbers_and_names),
        cmocka_unit_test(openapi__is_sound),
        cmocka_unit_test(openapi__has_each_path_once),
        cmocka_unit_test(shapes__say_what_every_object_is),
        cmocka_unit_test(shapes__name_every_value),
        cmocka_unit_test(spec__writes_paths_as_buildbot_does),
        cmocka_unit_test(spec__tells_types),
    };

    return cmocka_run_group_tests_name("www.openapi", tests, make, drop);
}

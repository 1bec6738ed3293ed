/* SPDX-License-Identifier: Apache-2.0 */
/* What a name means: properties, sources and workers. */
#include "interpolate_scope.h"

#include <string.h>

json_t *scope_property(const struct ci_scope *scope, const char *name)
{
    return scope ? json_array_get(json_object_get(scope->properties, name), 0) : NULL;
}

json_t *scope_source(const struct ci_scope *scope, const char *codebase)
{
    json_t *sources = scope ? scope->sources : NULL, *source;
    size_t i;

    json_array_foreach(sources, i, source) {
        const char *name = json_string_value(json_object_get(source, "codebase"));

        if (strcmp(name ? name : "", codebase) == 0)
            return source;
    }
    return !*codebase && json_array_size(sources) == 1 ? json_array_get(sources, 0) : NULL;
}

json_t *scope_worker(const struct ci_scope *scope, const char *name)
{
    json_t *value = scope ? json_object_get(scope->worker, name) : NULL;

    if (value || !scope)
        return value;
    return json_object_get(json_object_get(scope->worker, "labels"), name);
}

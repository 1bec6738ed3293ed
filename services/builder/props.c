/* SPDX-License-Identifier: Apache-2.0 */
/* The properties with which a build starts (buildbot/process/build.py, setupProperties). */
#include "props.h"

#include "shared/interpolate.h"

#include <stdlib.h>
#include <string.h>

/* `value` is stolen; NULL counts as null. */
static void set(json_t *props, const char *name, json_t *value, const char *source)
{
    json_object_set_new(props, name, json_pack("[o,s]", value ? value : json_null(), source));
}

static void add_plain(json_t *props, json_t *plain, const char *source)
{
    const char *name;
    json_t *value;

    json_object_foreach(plain, name, value)
        set(props, name, json_incref(value), source);
}

/* A text that goes beyond what rendering allows stays as it is written: `check` has read it. */
static void add_rendered(json_t *props, const struct props_input *input, json_t *plain,
                         bool only_unset, const char *source)
{
    const struct ci_scope scope = {
        .properties = props, .sources = input->sources, .worker = input->worker_facts};
    const char *name;
    json_t *value;

    json_object_foreach(plain, name, value) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_err ignored;
        json_t *rendered = value;

        if (only_unset && json_object_get(props, name))
            continue;
        if (!ci_interpolate_json(value, &scope, mem, &rendered, &ignored))
            rendered = value;
        set(props, name, json_incref(rendered), source);
    }
}

static void add_changes(json_t *props, json_t *changes)
{
    size_t i;
    json_t *change;

    json_array_foreach(changes, i, change)
        json_object_update(props, json_object_get(change, "properties"));
}

/* With one source its fields are properties; with several they would contradict each other. */
static void add_source(json_t *props, json_t *sources)
{
    static const char *const fields[] = {"branch", "revision", "repository", "project", "codebase"};
    json_t *source = json_array_get(sources, 0);

    if (json_array_size(sources) != 1)
        return;
    for (size_t i = 0; i < CI_COUNT(fields); i++)
        set(props, fields[i], json_incref(json_object_get(source, fields[i])), "Build");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The authors of the changes and the property `owner`, sorted, each once. */
static void add_owners(json_t *props, json_t *changes)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char **names = ci_mem_array(mem, const char *, json_array_size(changes) + 1);
    const char *owner = json_string_value(json_array_get(json_object_get(props, "owner"), 0));
    json_t *owners = json_array();
    size_t count = 0, i;
    json_t *change;

    json_array_foreach(changes, i, change) {
        const char *author = json_string_value(json_object_get(change, "author"));

        if (author)
            names[count++] = author;
    }
    if (owner)
        names[count++] = owner;
    qsort(names, count, sizeof(*names), by_text);
    for (i = 0; i < count; i++) {
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
            json_array_append_new(owners, json_string(names[i]));
    }
    if (count == 0)
        json_decref(owners);
    else
        set(props, "owners", owners, "Build");
}

static void add_builder(json_t *props, const struct props_input *input)
{
    set(props, "buildername", json_string(input->builder_name), "Builder");
    set(props, "builderid", json_integer(input->builderid), "Builder");
    if (input->project && input->project[0] != '\0')
        set(props, "projectname", json_string(input->project), "Builder");
    add_rendered(props, input, input->builder, false, "Builder");
    add_rendered(props, input, input->builder_default, true, "Builder");
}

json_t *props_merge(const struct props_input *input)
{
    json_t *props = json_object();

    add_plain(props, input->global, "Global");
    add_changes(props, input->changes);
    json_object_update(props, input->buildset);
    add_source(props, input->sources); /* for the texts below; what they set is overwritten again */
    add_builder(props, input);
    set(props, "workername", json_string(input->worker_name), "Worker");
    add_rendered(props, input, input->worker, false, "Worker");
    add_rendered(props, input, input->worker_default, true, "Worker");
    add_source(props, input->sources);
    add_owners(props, input->changes);
    return props;
}

void props_set_number(json_t *props, int64_t number)
{
    set(props, "buildnumber", json_integer(number), "Build");
}

json_t *props_value(json_t *props, const char *name)
{
    return json_array_get(json_object_get(props, name), 0);
}

bool props_virtual(json_t *props, struct props_virtual *out)
{
    const char *name = json_string_value(props_value(props, "virtual_builder_name"));
    const char *project = json_string_value(props_value(props, "virtual_builder_project"));

    if (!name || name[0] == '\0')
        return false;
    *out = (struct props_virtual){
        .name = name,
        .description = json_string_value(props_value(props, "virtual_builder_description")),
        .project = project ? project : "",
        .tags = props_value(props, "virtual_builder_tags"),
    };
    return true;
}

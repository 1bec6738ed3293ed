/* SPDX-License-Identifier: Apache-2.0 */
/* What a trigger step asks for; see trigger.h. */
#include "trigger.h"

#include "plan.h"

#include <string.h>

/* A source of this build keeps its patch: the agent says that there is one, its text stays here. */
static json_t *patched_sources(const struct trigger *trigger)
{
    json_t *given = json_object_get(trigger->request, "sources"), *source;
    json_t *sources = json_is_array(given) ? json_deep_copy(given) : json_array();
    size_t i;

    json_array_foreach(sources, i, source) {
        const json_t *patch = json_object_get(source, "patch");
        const char *codebase = json_string_value(json_object_get(source, "codebase"));
        json_t *known = json_object_get(trigger->patches, codebase ? codebase : "");

        if (json_is_object(source) && known && (json_is_object(patch) || json_is_true(patch)))
            (void)json_object_set(source, "patchid", known);
        else
            (void)json_object_del(source, "patchid");
    }
    return sources;
}

json_t *trigger_order(const struct trigger *trigger, void *mem)
{
    const json_t *request = trigger->request;
    const char *relationship = json_string_value(json_object_get(request, "parent_relationship"));
    json_t *set = json_object_get(request, "set_properties");
    json_t *order =
        json_pack("{s:o, s:b, s:I, s:s, s:i}", "sources", patched_sources(trigger), "waited_for",
                  json_is_true(json_object_get(request, "waited_for")), "parent_buildid",
                  (json_int_t)trigger->buildid, "parent_relationship",
                  relationship ? relationship : "Triggered from", "priority", trigger->priority);

    ci_mem_json(mem, order);
    (void)json_object_set_new(order, "set_properties",
                              json_is_object(set) ? json_incref(set) : json_object());
    return order;
}

/* Buildbot gives children the highest priority of the requests of their parent. */
static void take_over(struct ci_buildset_request *out, const json_t *order, void *mem)
{
    int priority = (int)json_integer_value(json_object_get(order, "priority"));
    const char *relationship = json_string_value(json_object_get(order, "parent_relationship"));

    out->waited_for = json_is_true(json_object_get(order, "waited_for"));
    out->parent_buildid = ci_some(json_integer_value(json_object_get(order, "parent_buildid")));
    out->parent_relationship = ci_mem_strdup(mem, relationship);
    if (priority > out->priority)
        out->priority = priority;
}

struct ci_buildset_request trigger_plan(const struct ci_scheduler *scheduler, const json_t *order,
                                        void *mem)
{
    struct ci_buildset_request out = plan_triggered(scheduler, json_object_get(order, "sources"),
                                                    json_object_get(order, "set_properties"), mem);

    take_over(&out, order, mem);
    return out;
}

struct ci_buildset_request trigger_plan_builders(const struct trigger *trigger, const json_t *order,
                                                 void *mem)
{
    struct ci_buildset_request out = {
        .reason = ci_mem_printf(mem, "Triggered by %s/%lld", trigger->builder,
                                (long long)trigger->number),
        .properties = ci_mem_json(mem, json_object()),
        .priority = trigger->priority,
    };

    plan_sources(json_object_get(order, "sources"), mem, &out);
    plan_set_properties(out.properties, json_object_get(order, "set_properties"), "Trigger");
    take_over(&out, order, mem);
    return out;
}

struct ci_strs trigger_names(const struct trigger *trigger, const char *key, void *mem)
{
    json_t *list = json_object_get(trigger->request, key), *name;
    const char **names = ci_mem_array(mem, const char *, json_array_size(list));
    size_t i, count = 0;

    json_array_foreach(list, i, name) {
        if (json_is_string(name))
            names[count++] = json_string_value(name);
    }
    return (struct ci_strs){names, count};
}

bool trigger_is_important(const struct trigger *trigger, const char *scheduler)
{
    json_t *list = json_object_get(trigger->request, "unimportant"), *name;
    size_t i;

    json_array_foreach(list, i, name) {
        const char *text = json_string_value(name);

        if (text && strcmp(text, scheduler) == 0)
            return false;
    }
    return true;
}

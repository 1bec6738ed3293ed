/* SPDX-License-Identifier: Apache-2.0 */
/* What a filled-in force form asks for: properties, sources, builders, reason. */
#include "control/force.h"

#include "control/form.h"
#include "control/order.h"
#include "shared/filter.h"

#include <string.h>

#define FORM_SOURCE "Force Build Form"

static void set_property(json_t *properties, const char *name, json_t *value, const char *source)
{
    json_object_set_new(properties, name, json_pack("[o, s]", value, source));
}

/* ---- properties ---- */

/* A form whose answers become properties. */
struct asking {
    struct form *form;
    const struct force_world *world;
    json_t *changes; /* ids, of inherited builds */
};

/* Names and values as Buildbot's `validation` allows them by default. */
static bool is_plain(const char *text)
{
    return form_matches("[[:alnum:]_./~:-]*$", text);
}

/* A property that the user named, too. */
static void put_any_property(const struct asking *asking, const char *full_name, json_t *out)
{
    struct form *form = asking->form;
    const char *name = form_text(form, force_full_name(full_name, "name", form->mem));
    const char *value = form_text(form, force_full_name(full_name, "value", form->mem));

    if (!*name)
        return;
    if (is_plain(name) && is_plain(value))
        json_object_set_new(out, name, json_string(value));
    else
        form_complain(form, full_name, "bad property name='%s', value='%s'", name, value);
}

/* What that build was forced with; its owner is not this one's. */
static void put_inherited(const struct asking *asking, const struct ci_force_param *param,
                          const char *full_name, json_t *out)
{
    const char *build = form_text(asking->form, full_name);
    json_t *found = json_object_get(asking->world->inherited, build), *property;
    const char *error = json_string_value(json_object_get(found, "error")), *name;

    if (!*build)
        return;
    if (!found || error) {
        form_complain(asking->form, full_name, "%s", error ? error : "unknown build");
        return;
    }
    json_object_set_new(out, param->name, json_string(build));
    json_object_foreach(json_object_get(found, "properties"), name, property) {
        const char *source = json_string_value(json_array_get(property, 1));

        if (source && strcmp(source, FORM_SOURCE) == 0)
            json_object_set(out, strcmp(name, "owner") == 0 ? "orig_owner" : name,
                            json_array_get(property, 0));
    }
    json_array_extend(asking->changes, json_object_get(found, "changes"));
}

/* The matcher goes by the property `workername`, whatever the field is called. */
static void put_worker(const struct asking *asking, const struct ci_force_param *param,
                       const char *full_name, json_t *out)
{
    const char *worker = form_text(asking->form, full_name);

    if (!*worker || strcmp(worker, FORCE_ANY_WORKER) == 0)
        return;
    json_object_set_new(out, param->name, json_string(worker));
    json_object_set_new(out, "workername", json_string(worker));
}

static void put_params(const struct asking *asking, struct ci_list params, const char *parent,
                       json_t *out);

/* The fields of a group are members of one property; a group without a name is only for the eyes.
 */
static void put_group(const struct asking *asking, const struct ci_force_param *param,
                      const char *full_name, json_t *out)
{
    json_t *inside = *param->name ? json_object() : json_incref(out);

    put_params(asking, param->fields, full_name, inside);
    if (*param->name)
        json_object_set(out, param->name, inside);
    json_decref(inside);
}

static void put_param(const struct asking *asking, const struct ci_force_param *param,
                      const char *full_name, json_t *out)
{
    switch (param->type) {
    case CI_PARAM_CODEBASE:
    case CI_PARAM_PATCH:
        break; /* of the sources */
    case CI_PARAM_NESTED:
        put_group(asking, param, full_name, out);
        break;
    case CI_PARAM_ANY_PROPERTY:
        put_any_property(asking, full_name, out);
        break;
    case CI_PARAM_INHERIT_BUILD:
        put_inherited(asking, param, full_name, out);
        break;
    case CI_PARAM_WORKER_CHOICE:
        put_worker(asking, param, full_name, out);
        break;
    case CI_PARAM_STRING:
    case CI_PARAM_TEXT:
    case CI_PARAM_INT:
    case CI_PARAM_BOOL:
    case CI_PARAM_CHOICE:
    case CI_PARAM_FIXED:
    case CI_PARAM_USERNAME:
    case CI_PARAM_FILE:
        json_object_set(out, param->name, json_object_get(asking->form->values, full_name));
        break;
    }
}

static void put_params(const struct asking *asking, struct ci_list params, const char *parent,
                       json_t *out)
{
    CI_FOREACH(const struct ci_force_param, param, params)
        put_param(asking, param, force_full_name(parent, param->name, asking->form->mem), out);
}

/* Complains of properties that can't be. */
static json_t *make_properties(const struct asking *asking, const struct ci_scheduler *scheduler)
{
    json_t *properties = ci_mem_json(asking->form->mem, json_object()), *value;
    json_auto_t *answers = json_object();
    const char *name;

    put_params(asking, scheduler->parameters, "", answers);
    json_object_del(answers, "username"); /* it is the owner */
    json_object_del(answers, "priority");
    json_object_foreach(scheduler->properties, name, value)
        set_property(properties, name, json_incref(value), "Scheduler");
    json_object_foreach(answers, name, value)
        set_property(properties, name, json_incref(value), FORM_SOURCE);
    return properties;
}

static struct ci_i64s inherited_changes(const struct asking *asking)
{
    int64_t *ids = ci_mem_array(asking->form->mem, int64_t, json_array_size(asking->changes));

    for (size_t i = 0; i < json_array_size(asking->changes); i++)
        ids[i] = json_integer_value(json_array_get(asking->changes, i));
    return (struct ci_i64s){ids, json_array_size(asking->changes)};
}

/* ---- reason and builders ---- */

/* The pattern with %(owner)s and %(reason)s filled in. */
static const char *make_reason(const struct ci_scheduler *scheduler, const char *owner,
                               const char *reason, void *mem)
{
    static const char own[] = "%(owner)s", why[] = "%(reason)s";
    const char *at = scheduler->reason && *scheduler->reason
                         ? scheduler->reason
                         : "A build was forced by '%(owner)s': %(reason)s";
    struct ci_buf out;

    ci_buf_init(&out, mem);
    while (*at) {
        bool is_own = strncmp(at, own, sizeof(own) - 1) == 0;

        if (is_own || strncmp(at, why, sizeof(why) - 1) == 0) {
            ci_buf_puts(&out, is_own ? owner : reason);
            at += is_own ? sizeof(own) - 1 : sizeof(why) - 1;
        } else {
            ci_buf_add(&out, at++, 1);
        }
    }
    return out.text;
}

static bool is_listed(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++)
        if (strcmp(names.items[i], name) == 0)
            return true;
    return false;
}

/* The builders asked for that are the scheduler's, as far as they are shown; Buildbot leaves
 * builderid unchecked. */
static void read_builders(struct form *form, struct ci_strs builders, const char *builderid_name,
                          struct ci_strs *out)
{
    json_auto_t *asked = form_given(form, "builderNames");
    const char **names = ci_mem_array(form->mem, const char *, json_array_size(asked) + 1);
    json_t *value;
    size_t i, count = 0;

    *out = builders;
    if (!form_is_blank(json_object_get(form->params, "builderid"))) {
        if (!builderid_name || !is_listed(builders, builderid_name)) {
            form_complain(form, "builderid", "this scheduler has no such builder");
            return;
        }
        names[0] = builderid_name;
        *out = (struct ci_strs){names, 1};
        return;
    }
    if (json_array_size(asked) == 0)
        return;
    json_array_foreach(asked, i, value) {
        const char *name = json_string_value(value);

        if (name && is_listed(builders, name) && !is_listed((struct ci_strs){names, count}, name))
            names[count++] = ci_mem_strdup(form->mem, name);
    }
    *out = (struct ci_strs){names, count};
    if (!count)
        form_complain(form, "builderNames", "this scheduler has no such builder");
}

/* ---- sources ---- */

/* A text of the source's fields; NULL for none, as Buildbot stores it. */
static const char *source_text(const struct form *form, const char *codebase, const char *name)
{
    const char *text = form_text(form, force_full_name(codebase, name, form->mem));

    return *text ? ci_mem_strdup(form->mem, text) : NULL;
}

/* One that no int holds is as wrong as any beyond the limit, which order_patch_add() refuses. */
static int level_of(const json_t *level)
{
    const json_int_t value = json_integer_value(level);

    return value < 0 || value > ORDER_LEVEL_MAX ? ORDER_LEVEL_MAX + 1 : (int)value;
}

static void read_patch(const struct form *form, const struct force_codebase *frame, size_t source,
                       struct ci_list *patches)
{
    const char *name = force_full_name(frame->codebase, frame->patch->name, form->mem);
    const char *body = source_text(form, name, "body"), *subdir = source_text(form, name, "subdir");
    const json_t *level = json_object_get(form->values, force_full_name(name, "level", form->mem));
    struct force_patch *patch = (struct force_patch *)patches->items + patches->count;

    if (!body)
        return;
    *patch = (struct force_patch){
        .source = source,
        .level = level_of(level),
        .body = body,
        .author = source_text(form, name, "author"),
        .comment = source_text(form, name, "comment"),
        .subdir = subdir && strcmp(subdir, ".") != 0 ? subdir : "",
    };
    patches->count++;
}

static void read_sources(const struct form *form, struct ci_list frames, struct force_order *out)
{
    out->sources = ci_mem_array(form->mem, struct ci_source, frames.count);
    out->patches.items = ci_mem_array(form->mem, struct force_patch, frames.count);
    CI_FOREACH(const struct force_codebase, frame, frames) {
        const char *codebase = ci_mem_strdup(form->mem, frame->codebase);

        out->sources[out->source_count] = (struct ci_source){
            .codebase = codebase,
            .repository = source_text(form, codebase, "repository"),
            .project = source_text(form, codebase, "project"),
            .branch = source_text(form, codebase, "branch"),
            .revision = source_text(form, codebase, "revision"),
        };
        if (frame->patch)
            read_patch(form, frame, out->source_count, &out->patches);
        out->source_count++;
    }
}

/* ---- the whole ---- */

static void read_priority(struct form *form, struct force_order *out)
{
    json_int_t priority = json_integer_value(json_object_get(form->values, "priority"));

    if (priority < INT32_MIN || priority > INT32_MAX)
        form_complain(form, "priority", "Priority: out of range");
    else
        out->priority = (int)priority;
}

/* Who asks, and why: properties, too. */
static void read_reason(const struct form *form, const struct force_world *world,
                        const struct ci_scheduler *scheduler, const char *user,
                        struct force_order *out)
{
    const char *typed = form_text(form, "username"), *why = form_text(form, "reason");

    out->owner = ci_mem_strdup(form->mem, world->says_who && *typed ? typed : user);
    out->reason = make_reason(scheduler, out->owner, why, form->mem);
    set_property(out->properties, "reason", json_string(why), FORM_SOURCE);
    set_property(out->properties, "owner", json_string(out->owner), FORM_SOURCE);
}

bool force_read(const struct force_world *world, const struct ci_scheduler *scheduler,
                const json_t *params, const char *user, const char *builderid_name, void *mem,
                struct force_order *out, json_t **errors)
{
    struct form form = {params, ci_mem_json(mem, json_object()), ci_mem_json(mem, json_object()),
                        mem};
    const struct asking asking = {&form, world, ci_mem_json(mem, json_array())};
    json_auto_t *fields = force_fields(world, scheduler);
    struct force_order order = {0};

    form_read(&form, fields);
    read_builders(&form, access_shown(world->view, scheduler->builders, mem), builderid_name,
                  &order.builders);
    read_priority(&form, &order);
    order.properties = make_properties(&asking, scheduler);
    if (json_object_size(form.errors)) {
        *errors = form.errors;
        return false;
    }
    order.changeids = inherited_changes(&asking);
    read_reason(&form, world, scheduler, user, &order);
    read_sources(&form, force_codebases(world, scheduler, mem), &order);
    order.priority += ci_branch_priority(scheduler, order.sources, order.source_count);
    *out = order;
    return true;
}

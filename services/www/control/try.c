/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a try asks for; see try.h. */
#include "control/try.h"

#include "access/access.h"
#include "shared/filter.h"

#include <sodium.h>
#include <string.h>

enum { PATCH_MAX = 10 << 20 };
#define TRY_SOURCE "try build" /* of properties, as with Buildbot */

static json_t *names_json(struct ci_strs names)
{
    json_t *list = json_array();

    for (size_t i = 0; i < names.count; i++)
        json_array_append_new(list, json_string(names.items[i]));
    return list;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static json_t *codebases_json(const struct ci_scheduler *scheduler)
{
    json_t *list = json_array();

    CI_FOREACH(const struct ci_source_spec, spec, scheduler->codebases)
        json_array_append_new(list, json_string(or_empty(spec->codebase)));
    return list;
}

json_t *try_schedulers_json(const struct ci_config *config, const struct access_view *view)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *list = json_array();

    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers)
        if (scheduler->type == CI_SCHED_TRY)
            json_array_append_new(
                list, json_pack("{s:s, s:o, s:o}", "name", scheduler->name, "builder_names",
                                names_json(access_shown(view, scheduler->builders, mem)),
                                "codebases", codebases_json(scheduler)));
    return list;
}

/* A text of the call, in mem; NULL for none. CI_EINVALID for what is no text. */
static bool take_text(const json_t *object, const char *key, void *mem, const char **out,
                      struct ci_err *err)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);

    if (value && !text && !json_is_null(value))
        return ci_fail(err, CI_EINVALID, "'%s' must be a string", key);
    *out = text && *text ? ci_mem_strdup(mem, text) : NULL;
    return true;
}

static bool is_one_of(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++)
        if (strcmp(names.items[i], name) == 0)
            return true;
    return false;
}

static bool take_builders(const struct ci_scheduler *scheduler, const struct access_view *view,
                          const json_t *given, void *mem, struct ci_strs *out, struct ci_err *err)
{
    const struct ci_strs shown = access_shown(view, scheduler->builders, mem);
    const char **names = ci_mem_array(mem, const char *, json_array_size(given));
    size_t count = 0;

    if (given && !json_is_null(given) && !json_is_array(given))
        return ci_fail(err, CI_EINVALID, "'builders' must be a list of names");
    for (size_t i = 0; i < json_array_size(given); i++) {
        const char *name = json_string_value(json_array_get(given, i));

        if (!name || !is_one_of(shown, name))
            return ci_fail(err, CI_EINVALID, "scheduler '%s' has no builder '%s'", scheduler->name,
                           or_empty(name));
        if (!is_one_of((struct ci_strs){names, count}, name))
            names[count++] = ci_mem_strdup(mem, name);
    }
    *out = count ? (struct ci_strs){names, count} : shown;
    return true;
}

/* {name: value}; the scheduler's own go first. */
static bool take_properties(const struct ci_scheduler *scheduler, json_t *given, void *mem,
                            json_t **out, struct ci_err *err)
{
    json_t *properties = ci_mem_json(mem, json_object()), *value;
    const char *name;

    if (given && !json_is_null(given) && !json_is_object(given))
        return ci_fail(err, CI_EINVALID, "'properties' must be an object");
    json_object_foreach(scheduler->properties, name, value)
        json_object_set_new(properties, name, json_pack("[O, s]", value, "Scheduler"));
    json_object_foreach(given, name, value)
        json_object_set_new(properties, name, json_pack("[O, s]", value, TRY_SOURCE));
    *out = properties;
    return true;
}

/* ---- the patch ---- */

static bool decode_body(const char *text, size_t len, void *mem, struct ci_bytes *out,
                        struct ci_err *err)
{
    unsigned char *bytes = ci_mem_alloc(mem, len / 4 * 3 + 3);
    const char *end;
    size_t size;

    if (sodium_base642bin(bytes, len / 4 * 3 + 3, text, len, " \r\n", &size, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text + len)
        return ci_fail(err, CI_EINVALID, "patch: 'body' is not valid base64");
    *out = (struct ci_bytes){bytes, size};
    return true;
}

static bool take_body(const json_t *patch, void *mem, struct ci_bytes *out, struct ci_err *err)
{
    const json_t *body = json_object_get(patch, "body");
    const char *encoding;

    if (!json_is_string(body))
        return ci_fail(err, CI_EINVALID, "patch: 'body' must be a string");
    if (!take_text(patch, "encoding", mem, &encoding, err))
        return false;
    *out = (struct ci_bytes){json_string_value(body), json_string_length(body)};
    if (encoding && strcmp(encoding, "base64") == 0) {
        if (!decode_body(json_string_value(body), json_string_length(body), mem, out, err))
            return false;
    } else if (encoding && strcmp(encoding, "text") != 0) {
        return ci_fail(err, CI_EINVALID, "patch: 'encoding' must be \"base64\" or \"text\"");
    }
    if (out->len > PATCH_MAX)
        return ci_fail(err, CI_EINVALID, "patch: %zu bytes, at most %d are taken", out->len,
                       PATCH_MAX);
    return true;
}

static bool take_level(const json_t *patch, int *out, struct ci_err *err)
{
    const json_t *level = json_object_get(patch, "level");
    json_int_t value = json_integer_value(level);

    if (level && (!json_is_integer(level) || value < 0 || value > ORDER_LEVEL_MAX))
        return ci_fail(err, CI_EINVALID, "patch: 'level' must be a number from 0 to %d",
                       ORDER_LEVEL_MAX);
    *out = level ? (int)value : 1;
    return true;
}

/* Its author and comment are who tries and why, unless it has its own. */
static bool take_patch(const json_t *params, const char *who, const char *comment, void *mem,
                       struct order_patch *out, struct ci_err *err)
{
    const json_t *patch = json_object_get(params, "patch");

    if (!patch || json_is_null(patch))
        return true;
    if (!json_is_object(patch))
        return ci_fail(err, CI_EINVALID, "'patch' must be an object");
    if (!take_level(patch, &out->level, err) || !take_body(patch, mem, &out->body, err) ||
        !take_text(patch, "subdir", mem, &out->subdir, err) ||
        !take_text(patch, "author", mem, &out->author, err) ||
        !take_text(patch, "comment", mem, &out->comment, err))
        return false;
    out->author = out->author ? out->author : who;
    out->comment = out->comment ? out->comment : comment;
    return true;
}

/* ---- sources ---- */

static bool take_source(const json_t *params, void *mem, struct ci_source *out, struct ci_err *err)
{
    return take_text(params, "codebase", mem, &out->codebase, err) &&
           take_text(params, "repository", mem, &out->repository, err) &&
           take_text(params, "project", mem, &out->project, err) &&
           take_text(params, "branch", mem, &out->branch, err) &&
           take_text(params, "baserev", mem, &out->revision, err);
}

/* What is given goes over the default; the revision is the patch's base, whatever the default is.
 */
static struct ci_source over_default(const struct ci_source_spec *spec,
                                     const struct ci_source *given)
{
    return (struct ci_source){
        .codebase = given->codebase,
        .repository = given->repository ? given->repository : spec->repository,
        .project = given->project ? given->project : spec->project,
        .branch = given->branch ? given->branch : spec->branch,
        .revision = given->revision,
    };
}

/* The patch is for the codebase that is given; the others have their defaults. */
static bool take_sources(const struct ci_scheduler *scheduler, const json_t *params, void *mem,
                         struct try_order *out, struct ci_err *err)
{
    struct ci_source given = {0};
    size_t count = scheduler->codebases.count;

    if (!take_source(params, mem, &given, err))
        return false;
    given.codebase = or_empty(given.codebase);
    out->sources = ci_mem_array(mem, struct ci_source, count + 1);
    out->patched = count;
    CI_FOREACH(const struct ci_source_spec, spec, scheduler->codebases) {
        bool is_given = strcmp(or_empty(spec->codebase), given.codebase) == 0;

        if (is_given)
            out->patched = out->source_count;
        out->sources[out->source_count++] =
            is_given ? over_default(spec, &given) : (struct ci_source){or_empty(spec->codebase),
                                                                       spec->repository,
                                                                       spec->project,
                                                                       spec->branch,
                                                                       spec->revision,
                                                                       0};
    }
    if (count && out->patched == count)
        return ci_fail(err, CI_EINVALID, "scheduler '%s' has no codebase '%s'", scheduler->name,
                       given.codebase);
    if (!count)
        out->sources[out->source_count++] = given;
    return true;
}

bool try_read(const struct ci_scheduler *scheduler, const struct access_view *view,
              const json_t *params, const char *user, void *mem, struct try_order *out,
              struct ci_err *err)
{
    struct try_order order = {0};
    const char *who, *comment;

    if (!take_text(params, "who", mem, &who, err) ||
        !take_text(params, "comment", mem, &comment, err) ||
        !take_text(params, "jobid", mem, &order.jobid, err) ||
        !take_builders(scheduler, view, json_object_get(params, "builders"), mem, &order.builders,
                       err) ||
        !take_properties(scheduler, json_object_get(params, "properties"), mem, &order.properties,
                         err) ||
        !take_sources(scheduler, params, mem, &order, err) ||
        !take_patch(params, who, comment, mem, &order.patch, err))
        return false;
    if (user && json_object_get(order.properties, "owner"))
        json_object_set_new(order.properties, "owner", json_pack("[s, s]", user, TRY_SOURCE));
    order.reason = who ? ci_mem_printf(mem, "'try' job by user %s", who) : "'try' job";
    order.priority = ci_scheduler_priority(scheduler, order.sources, order.source_count);
    *out = order;
    return true;
}

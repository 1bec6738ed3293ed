/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a filled-in force form against the fields that describe it. */
#include "force.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define FORM_SOURCE "Force Build Form"

/* A form being read: complaints collect by the field's full name. */
struct form {
    const json_t *params;
    json_t *errors;
    json_t *values; /* {full name: value} */
    void *mem;
};

static void complain(struct form *form, const char *name, const char *fmt, ...) CI_PRINTF(3, 4);
static void complain(struct form *form, const char *name, const char *fmt, ...)
{
    char text[600];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    json_t *message = json_string(text); /* NULL when the cut fell into a character */
    json_object_set_new(form->errors, name, message ? message : json_string("not valid"));
}

static const char *text_of(const json_t *field, const char *key)
{
    const char *text = json_string_value(json_object_get(field, key));

    return text ? text : "";
}

static bool is_blank(const json_t *value)
{
    const char *text = json_string_value(value);

    if (!value || json_is_null(value))
        return true;
    if (!text)
        return false;
    while (isspace((unsigned char)*text))
        text++;
    return *text == '\0';
}

/* What was given for a field as a list without its blanks. New reference. */
static json_t *given_values(const struct form *form, const char *name)
{
    json_t *given = json_object_get(form->params, name), *list = json_array(), *value;
    size_t i;

    if (!json_is_array(given)) {
        if (!is_blank(given))
            json_array_append(list, given);
        return list;
    }
    json_array_foreach(given, i, value) {
        if (!is_blank(value))
            json_array_append(list, value);
    }
    return list;
}

static bool matches(const char *pattern, const char *text)
{
    regmatch_t match;
    regex_t regex;

    /* The configuration's check has compiled it once already. */
    if (regcomp(&regex, pattern, REG_EXTENDED) != 0)
        return false;
    bool found = regexec(&regex, text, 1, &match, 0) == 0 && match.rm_so == 0;
    regfree(&regex);
    return found;
}

/* A number or a text as the text that a person typed. */
static const char *as_text(void *mem, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    const char *copy = ci_mem_strdup(mem, text ? text : "");
    free(text);
    return copy;
}

static json_t *read_int(struct form *form, const json_t *field, const json_t *value)
{
    const char *text = as_text(form->mem, value);
    char *end;

    errno = 0;
    long long number = strtoll(text, &end, 10);
    while (isspace((unsigned char)*end))
        end++;
    if (end != text && *end == '\0' && errno == 0)
        return json_integer(number);
    complain(form, text_of(field, "fullName"), "'%s' is not a whole number", text);
    return NULL;
}

static bool is_choice(const json_t *field, const char *text)
{
    json_t *choices = json_object_get(field, "choices"), *choice;
    size_t i;

    json_array_foreach(choices, i, choice) {
        if (strcmp(json_string_value(choice), text) == 0)
            return true;
    }
    return false;
}

/* One value of a field; NULL with a complaint. New reference. */
static json_t *read_value(struct form *form, const json_t *field, const json_t *value)
{
    const char *type = text_of(field, "type"), *name = text_of(field, "fullName");
    const char *regex = json_string_value(json_object_get(field, "regex"));
    const char *text = as_text(form->mem, value);

    if (regex && !matches(regex, text)) {
        complain(form, name, "%s:'%s' does not match pattern '%s'", text_of(field, "label"), text,
                 regex);
        return NULL;
    }
    if (strcmp(type, "int") == 0)
        return read_int(form, field, value);
    if (strcmp(type, "list") == 0 && !is_choice(field, text)) {
        complain(form, name, "'%s' does not belong to list of available choices", text);
        return NULL;
    }
    return json_string(text);
}

static json_t *read_values(struct form *form, const json_t *field, const json_t *given)
{
    json_t *list = json_array(), *value;
    size_t i;

    json_array_foreach(given, i, value) {
        json_t *read = read_value(form, field, value);

        if (read)
            json_array_append_new(list, read);
    }
    return list;
}

static bool is_true(const json_t *value)
{
    const char *text = json_string_value(value);

    return json_is_true(value) || (text && strcmp(text, "true") == 0);
}

/* A box not ticked is not sent by some clients, and sent as false by others. */
static json_t *read_bool(const struct form *form, const json_t *field, const json_t *given)
{
    if (json_array_size(given))
        return json_boolean(is_true(json_array_get(given, 0)));
    if (json_object_get(form->params, text_of(field, "fullName")))
        return json_false();
    return json_boolean(is_true(json_object_get(field, "default")));
}

/* The value of one field that is no frame; NULL with a complaint. New reference. */
static json_t *read_field(struct form *form, const json_t *field)
{
    const char *type = text_of(field, "type"), *name = text_of(field, "fullName");
    json_auto_t *given = given_values(form, name);

    if (strcmp(type, "fixed") == 0)
        return json_incref(json_object_get(field, "default"));
    if (strcmp(type, "bool") == 0)
        return read_bool(form, field, given);
    if (json_array_size(given) == 0) {
        if (!json_is_true(json_object_get(field, "required")))
            return json_incref(json_object_get(field, "default"));
        complain(form, name, "'%s' needs to be specified", text_of(field, "label"));
        return NULL;
    }
    return json_is_true(json_object_get(field, "multiple"))
               ? read_values(form, field, given)
               : read_value(form, field, json_array_get(given, 0));
}

static void keep_field(struct form *form, const json_t *field)
{
    json_object_set_new(form->values, text_of(field, "fullName"), read_field(form, field));
}

/* Frames hold fields and no frames; see force_fields.c. */
static void read_fields(struct form *form, const json_t *fields)
{
    json_t *field, *inner;
    size_t i, j;

    json_array_foreach(fields, i, field) {
        json_t *nested = json_object_get(field, "fields");

        if (!nested)
            keep_field(form, field);
        json_array_foreach(nested, j, inner)
            keep_field(form, inner);
    }
}

static void set_property(json_t *properties, const char *name, json_t *value, const char *source)
{
    json_object_set_new(properties, name, json_pack("[o, s]", value, source));
}

static json_t *make_properties(const struct form *form, const struct ci_scheduler *scheduler,
                               const char *owner)
{
    json_t *properties = json_object(), *value;
    const char *name;

    json_object_foreach(scheduler->properties, name, value)
        set_property(properties, name, json_incref(value), "Scheduler");
    CI_FOREACH(const struct ci_force_param, param, scheduler->parameters)
        set_property(properties, param->name,
                     json_incref(json_object_get(form->values, param->name)), FORM_SOURCE);
    set_property(properties, "reason", json_incref(json_object_get(form->values, "reason")),
                 FORM_SOURCE);
    set_property(properties, "owner", json_string(owner), FORM_SOURCE);
    return ci_mem_json(form->mem, properties);
}

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

/* The builders asked for that are the scheduler's; Buildbot leaves builderid unchecked. */
static void read_builders(struct form *form, const struct ci_scheduler *scheduler,
                          const char *builderid_name, struct ci_strs *out)
{
    json_auto_t *asked = given_values(form, "builderNames");
    const char **names = ci_mem_array(form->mem, const char *, json_array_size(asked) + 1);
    json_t *value;
    size_t i, count = 0;

    *out = scheduler->builders;
    if (!is_blank(json_object_get(form->params, "builderid"))) {
        if (!builderid_name || !is_listed(scheduler->builders, builderid_name)) {
            complain(form, "builderid", "this scheduler has no such builder");
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

        if (name && is_listed(scheduler->builders, name) &&
            !is_listed((struct ci_strs){names, count}, name))
            names[count++] = ci_mem_strdup(form->mem, name);
    }
    *out = (struct ci_strs){names, count};
    if (!count)
        complain(form, "builderNames", "this scheduler has no such builder");
}

/* A text of the source's fields; NULL for none, as Buildbot stores it. */
static const char *source_text(const struct form *form, const char *codebase, const char *name)
{
    const char *full_name =
        ci_mem_printf(form->mem, "%s%s%s", codebase, *codebase ? "_" : "", name);
    const char *text = json_string_value(json_object_get(form->values, full_name));

    return text && *text ? ci_mem_strdup(form->mem, text) : NULL;
}

static void read_source(const struct form *form, const struct ci_scheduler *scheduler,
                        struct ci_source *out)
{
    const char *codebase = ci_mem_strdup(form->mem, scheduler->codebase ? scheduler->codebase : "");

    *out = (struct ci_source){
        .codebase = codebase,
        .repository = source_text(form, codebase, "repository"),
        .project = source_text(form, codebase, "project"),
        .branch = source_text(form, codebase, "branch"),
        .revision = source_text(form, codebase, "revision"),
    };
}

bool force_read(const struct ci_config *config, const struct ci_scheduler *scheduler,
                const json_t *params, const char *user, const char *builderid_name, void *mem,
                struct force_order *out, json_t **errors)
{
    struct form form = {params, ci_mem_json(mem, json_object()), ci_mem_json(mem, json_object()),
                        mem};
    json_auto_t *fields = force_fields(config, scheduler);
    struct force_order order = {0};

    read_fields(&form, fields);
    read_builders(&form, scheduler, builderid_name, &order.builders);
    json_int_t priority = json_integer_value(json_object_get(form.values, "priority"));
    if (priority < INT32_MIN || priority > INT32_MAX)
        complain(&form, "priority", "Priority: out of range");
    if (json_object_size(form.errors)) {
        *errors = form.errors;
        return false;
    }
    const char *typed = json_string_value(json_object_get(form.values, "username"));
    order.owner = ci_mem_strdup(mem, typed && *typed ? typed : user);
    const char *reason = json_string_value(json_object_get(form.values, "reason"));
    order.reason = make_reason(scheduler, order.owner, reason ? reason : "", mem);
    order.priority = (int)priority;
    order.properties = make_properties(&form, scheduler, order.owner);
    read_source(&form, scheduler, &order.source);
    *out = order;
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a filled-in form against the fields that describe it; see form.h. */
#include "control/form.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

void form_complain(struct form *form, const char *name, const char *fmt, ...)
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

bool form_is_blank(const json_t *value)
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
json_t *form_given(const struct form *form, const char *name)
{
    json_t *given = json_object_get(form->params, name), *list = json_array(), *value;
    size_t i;

    if (!json_is_array(given)) {
        if (!form_is_blank(given))
            json_array_append(list, given);
        return list;
    }
    json_array_foreach(given, i, value) {
        if (!form_is_blank(value))
            json_array_append(list, value);
    }
    return list;
}

bool form_matches(const char *pattern, const char *text)
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

/* "Ann <ann@example.org>", or the address alone. */
static bool has_address(const char *text)
{
    const char *at = strchr(text, '@');

    return at && at > text && !isspace((unsigned char)at[-1]) && at[1] &&
           !isspace((unsigned char)at[1]);
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
    form_complain(form, text_of(field, "fullName"), "'%s' is not a whole number", text);
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

/* What every text is checked for, whatever its type; false with a complaint. */
static bool check_text(struct form *form, const json_t *field, const char *text)
{
    const char *name = text_of(field, "fullName"), *label = text_of(field, "label");
    const char *regex = json_string_value(json_object_get(field, "regex"));
    json_int_t most = json_integer_value(json_object_get(field, "maxsize"));

    if (most > 0 && strlen(text) > (size_t)most) {
        form_complain(form, name, "'%s' is too large: %zu bytes, at most %lld", label, strlen(text),
                      (long long)most);
        return false;
    }
    if (regex && !form_matches(regex, text)) {
        form_complain(form, name, "%s:'%s' does not match pattern '%s'", label, text, regex);
        return false;
    }
    return true;
}

/* One value of a field; NULL with a complaint. New reference. */
static json_t *read_value(struct form *form, const json_t *field, const json_t *value)
{
    const char *type = text_of(field, "type"), *name = text_of(field, "fullName");
    const char *text = as_text(form->mem, value);

    if (json_is_object(value) || json_is_array(value)) {
        form_complain(form, name, "'%s' is not a plain value", text_of(field, "label"));
        return NULL;
    }
    if (!check_text(form, field, text))
        return NULL;
    if (strcmp(type, "int") == 0)
        return read_int(form, field, value);
    if (json_is_true(json_object_get(field, "strict")) && !is_choice(field, text)) {
        form_complain(form, name, "'%s' does not belong to list of available choices", text);
        return NULL;
    }
    if (json_is_true(json_object_get(field, "need_email")) && !has_address(text)) {
        form_complain(form, name,
                      "%s: please fill in email address in the form 'User <email@email.com>'",
                      text_of(field, "label"));
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
    json_auto_t *given = form_given(form, name);

    if (strcmp(type, "fixed") == 0)
        return json_incref(json_object_get(field, "default"));
    if (strcmp(type, "bool") == 0)
        return read_bool(form, field, given);
    if (json_array_size(given) == 0) {
        if (!json_is_true(json_object_get(field, "required")))
            return json_incref(json_object_get(field, "default"));
        form_complain(form, name, "'%s' needs to be specified", text_of(field, "label"));
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

void form_read(struct form *form, const json_t *fields)
{
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        const json_t *inner = json_object_get(field, "fields");

        if (inner)
            form_read(form, inner);
        else
            keep_field(form, field);
    }
}

const char *form_text(const struct form *form, const char *full_name)
{
    const char *text = json_string_value(json_object_get(form->values, full_name));

    return text ? text : "";
}

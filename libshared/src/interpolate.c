/* SPDX-License-Identifier: Apache-2.0 */
/* Renders texts with forms. */
#include "shared/interpolate.h"

#include "interpolate_form.h"
#include "interpolate_scope.h"
#include "shared/json.h"
#include "shared/utf8.h"

#include <string.h>

/* One call of the public functions; depth and nesting are those of the place being rendered. */
struct render {
    const struct ci_scope *scope;
    void *mem;
    int steps, depth, nesting;
    size_t bytes;
    struct ci_err *err;
};

/* Where a string stands in JSON, for messages. */
struct place {
    const struct place *up;
    const char *key; /* or NULL: index */
    size_t index;
};

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

static bool is_plain(struct span text)
{
    struct piece piece = form_next(text.at, text.at + text.len);

    return piece.literal.len == text.len;
}

bool ci_interpolate_plain(const char *text)
{
    return is_plain(span_of(text));
}

static json_t *string_of(struct render *r, const char *text, size_t len)
{
    if (!ci_utf8_is_valid(text, len)) {
        (void)ci_fail(r->err, CI_EINVALID, "the text is not UTF-8");
        return NULL;
    }
    return ci_mem_json(r->mem, json_stringn_nocheck(text, len));
}

static bool take_step(struct render *r)
{
    return ++r->steps <= CI_INTERPOLATE_STEPS ||
           ci_fail(r->err, CI_EINVALID, "more than %d values to render", CI_INTERPOLATE_STEPS);
}

static bool put(struct render *r, struct ci_buf *out, const char *text, size_t len)
{
    r->bytes += len;
    if (r->bytes > CI_INTERPOLATE_BYTES)
        return ci_fail(r->err, CI_EINVALID, "the text becomes longer than %d bytes",
                       CI_INTERPOLATE_BYTES);
    ci_buf_add(out, text, len);
    return true;
}

static json_t *render_json(struct render *r, json_t *json, const struct place *place);

/* Keywords may use one another; a circle ends at the limit of depth. */
static bool look_up_kw(struct render *r, const char *name, json_t **out)
{
    json_t *value = json_object_get(r->scope->kw, name);

    if (value) {
        value = render_json(r, value, NULL);
        if (!value)
            return ci_fail_in(r->err, "keyword \"%s\"", name);
    }
    *out = value;
    return true;
}

static bool look_up_secret(struct render *r, const char *name, bool needed, json_t **out)
{
    if (!r->scope->secrets)
        return ci_fail(r->err, CI_EDENIED, "secret \"%s\" cannot be read here", name);
    *out = json_object_get(r->scope->secrets, name);
    if (!*out && needed)
        return ci_fail(r->err, CI_ENOTFOUND, "no secret \"%s\"", name);
    return true;
}

/* *out: the value (borrowed), NULL when there is none. */
static bool look_up(struct render *r, const struct form *form, json_t **out)
{
    const char *name = ci_mem_strndup(r->mem, form->name.at, form->name.len);

    switch (form->source) {
    case FORM_PROP:
        *out = scope_property(r->scope, name);
        return true;
    case FORM_SRC:
        *out = json_object_get(
            scope_source(r->scope, ci_mem_strndup(r->mem, form->codebase.at, form->codebase.len)),
            name);
        return true;
    case FORM_KW:
        return look_up_kw(r, name, out);
    case FORM_SECRET:
        return look_up_secret(r, name, form->modifier == FORM_PLAIN, out);
    case FORM_WORKER:
        *out = scope_worker(r->scope, name);
        return true;
    }
    return false;
}

/* Which text stands for the form; false: the value itself does. */
static bool chosen_text(const struct form *form, const json_t *value, struct span *out)
{
    switch (form->modifier) {
    case FORM_PLAIN:
        return false;
    case FORM_ELSE:
        *out = form->no;
        return !value;
    case FORM_TRUE_ELSE:
        *out = form->no;
        return !ci_json_is_true(value);
    case FORM_THEN:
    case FORM_CHOOSE:
        *out = value ? form->yes : form->no;
        return true;
    case FORM_TRUE_CHOOSE:
        *out = ci_json_is_true(value) ? form->yes : form->no;
        return true;
    }
    return false;
}

static bool render_text(struct render *r, struct span text, struct ci_buf *out);

static bool render_form(struct render *r, const struct form *form, struct ci_buf *out)
{
    struct span text;
    json_t *value;

    if (!take_step(r) || !look_up(r, form, &value))
        return false;
    if (!chosen_text(form, value, &text)) {
        const char *shown = ci_json_text(value, r->mem);

        return put(r, out, shown, strlen(shown));
    }
    return render_text(r, text, out);
}

static bool render_pieces(struct render *r, struct span text, struct ci_buf *out)
{
    const char *end = text.at + text.len, *where;

    for (const char *p = text.at; p < end;) {
        struct piece piece = form_next(p, end);
        struct form form;

        if (!put(r, out, piece.literal.at, piece.literal.len))
            return false;
        p = piece.next;
        if (piece.form) {
            if (!form_parse(piece.form, end, &form, &where, r->err) || !render_form(r, &form, out))
                return false;
            p = form.end;
        }
    }
    return true;
}

static bool is_too_deep(struct render *r)
{
    if (r->depth < CI_INTERPOLATE_DEPTH)
        return false;
    (void)ci_fail(r->err, CI_EINVALID, "texts more than %d levels deep", CI_INTERPOLATE_DEPTH);
    return true;
}

static bool render_text(struct render *r, struct span text, struct ci_buf *out)
{
    bool ok;

    if (is_too_deep(r))
        return false;
    r->depth++;
    ok = render_pieces(r, text, out);
    r->depth--;
    return ok;
}

/* True when `text` is one form without modifier and nothing else. */
static bool is_one_form(struct span text, struct form *out)
{
    const char *end = text.at + text.len, *where;
    struct piece piece = form_next(text.at, end);
    struct ci_err ignored;

    return piece.literal.len == 0 && piece.form &&
           form_parse(piece.form, end, out, &where, &ignored) && out->end == end &&
           out->modifier == FORM_PLAIN;
}

/* NULL with *r->err filled. */
static json_t *render_value(struct render *r, struct span text)
{
    struct ci_buf out;
    struct form form;
    json_t *value = NULL;
    bool ok;

    if (is_one_form(text, &form)) {
        if (is_too_deep(r) || !take_step(r))
            return NULL;
        r->depth++;
        ok = look_up(r, &form, &value);
        r->depth--;
        if (!ok)
            return NULL;
        return value ? value : json_null();
    }
    ci_buf_init(&out, r->mem);
    return render_text(r, text, &out) ? string_of(r, out.text, out.len) : NULL;
}

/* "env.PATH[1]" */
static void put_place(struct ci_buf *out, const struct place *place)
{
    if (place->up)
        put_place(out, place->up);
    if (place->key)
        ci_buf_printf(out, "%s%s", out->len > 0 ? "." : "", place->key);
    else
        ci_buf_printf(out, "[%zu]", place->index);
}

static json_t *render_string(struct render *r, json_t *json, const struct place *place)
{
    struct span text = {json_string_value(json), json_string_length(json)};
    struct ci_buf where;
    json_t *value;

    if (is_plain(text))
        return json;
    value = render_value(r, text);
    if (!value && place) {
        ci_buf_init(&where, r->mem);
        put_place(&where, place);
        (void)ci_fail_in(r->err, "%s", where.text);
    }
    return value;
}

static json_t *render_object(struct render *r, json_t *json, const struct place *up)
{
    json_t *out = ci_mem_json(r->mem, json_object()), *value;
    const char *key;

    json_object_foreach(json, key, value) {
        struct place place = {.up = up, .key = key};
        json_t *member = take_step(r) ? render_json(r, value, &place) : NULL;

        if (!member)
            return NULL;
        (void)json_object_set_nocheck(out, key, member);
    }
    return out;
}

static json_t *render_array(struct render *r, json_t *json, const struct place *up)
{
    json_t *out = ci_mem_json(r->mem, json_array()), *value;
    size_t i;

    json_array_foreach(json, i, value) {
        struct place place = {.up = up, .index = i};
        json_t *member = take_step(r) ? render_json(r, value, &place) : NULL;

        if (!member)
            return NULL;
        (void)json_array_append(out, member);
    }
    return out;
}

static json_t *render_json(struct render *r, json_t *json, const struct place *place)
{
    json_t *out;

    if (json_is_string(json))
        return render_string(r, json, place);
    if (!json_is_object(json) && !json_is_array(json))
        return json;
    if (r->nesting >= CI_JSON_DEPTH) {
        (void)ci_fail(r->err, CI_EINVALID, "values more than %d levels deep", CI_JSON_DEPTH);
        return NULL;
    }
    r->nesting++;
    out = json_is_object(json) ? render_object(r, json, place) : render_array(r, json, place);
    r->nesting--;
    return out;
}

bool ci_interpolate(const char *text, const struct ci_scope *scope, void *mem, const char **out,
                    struct ci_err *err)
{
    struct render r = {.scope = scope, .mem = mem, .err = err};
    struct span all = span_of(text);
    struct ci_buf buf;

    if (is_plain(all)) {
        *out = text;
        return true;
    }
    ci_buf_init(&buf, mem);
    if (!render_text(&r, all, &buf))
        return false;
    *out = buf.text;
    return true;
}

bool ci_interpolate_value(const char *text, const struct ci_scope *scope, void *mem, json_t **out,
                          struct ci_err *err)
{
    struct render r = {.scope = scope, .mem = mem, .err = err};
    json_t *value = render_value(&r, span_of(text));

    if (value)
        *out = value;
    return value;
}

bool ci_interpolate_json(json_t *json, const struct ci_scope *scope, void *mem, json_t **out,
                         struct ci_err *err)
{
    struct render r = {.scope = scope, .mem = mem, .err = err};
    json_t *value = render_json(&r, json, NULL);

    if (value)
        *out = value;
    return value;
}

bool scope_kw(const struct ci_scope *scope, const char *name, void *mem, json_t **out,
              struct ci_err *err)
{
    struct render r = {.scope = scope, .mem = mem, .err = err};

    return look_up_kw(&r, name, out);
}

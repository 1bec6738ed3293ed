/* SPDX-License-Identifier: Apache-2.0 */
/* Checks texts with forms before anything is known of what they stand for. */
#include "interpolate_form.h"
#include "shared/settings.h"

#include <string.h>

struct check {
    json_t *kw;
    void *mem;
    struct ci_strs *secrets;
    const char *where;
    struct ci_err *err;
};

static void add_secret(struct check *c, const char *name)
{
    const char **items;
    size_t count = c->secrets->count;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(c->secrets->items[i], name) == 0)
            return;
    }
    items = ci_mem_array(c->mem, const char *, count + 1);
    if (count > 0)
        memcpy(items, c->secrets->items, count * sizeof(*items));
    items[count] = name;
    *c->secrets = (struct ci_strs){items, count + 1};
}

static bool fail_kw(struct check *c, const char *name)
{
    const char **known = ci_mem_array(c->mem, const char *, json_object_size(c->kw) + 1), *key;
    const char *near;
    size_t count = 0;
    json_t *value;

    json_object_foreach(c->kw, key, value) {
        known[count++] = key;
    }
    near = ci_nearest(name, known, count);
    return near ? ci_fail(c->err, CI_EINVALID, "no keyword \"%s\" (did you mean \"%s\"?)", name,
                          near)
                : ci_fail(c->err, CI_EINVALID, "no keyword \"%s\"", name);
}

static bool check_text(struct check *c, struct span text, int depth);

static bool check_form(struct check *c, const struct form *form, int depth)
{
    const char *name = ci_mem_strndup(c->mem, form->name.at, form->name.len);

    if (form->source == FORM_SECRET && c->secrets)
        add_secret(c, name);
    if (form->source == FORM_KW && c->kw && !json_object_get(c->kw, name)) {
        c->where = form->name.at;
        return fail_kw(c, name);
    }
    return check_text(c, form->yes, depth + 1) && check_text(c, form->no, depth + 1);
}

static bool check_text(struct check *c, struct span text, int depth)
{
    const char *end = text.at + text.len;

    for (const char *p = text.at; p < end;) {
        struct piece piece = form_next(p, end);
        struct form form;

        p = piece.next;
        if (!piece.form)
            continue;
        if (depth >= CI_INTERPOLATE_DEPTH) {
            c->where = piece.form;
            return ci_fail(c->err, CI_EINVALID, "forms more than %d levels deep",
                           CI_INTERPOLATE_DEPTH);
        }
        if (!form_parse(piece.form, end, &form, &c->where, c->err) || !check_form(c, &form, depth))
            return false;
        p = form.end;
    }
    return true;
}

bool ci_interpolate_check(const char *text, json_t *kw, void *mem, struct ci_strs *secrets,
                          int *offset, struct ci_err *err)
{
    struct check c = {.kw = kw, .mem = mem, .secrets = secrets, .err = err};

    if (check_text(&c, (struct span){text, strlen(text)}, 0))
        return true;
    *offset = (int)(c.where - text);
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The languages inside texts: %(...)s forms and conditions, checked where they stand. */
#include "config_internal.h"
#include "shared/condition.h"

/* With the place inside the text. */
static void complain_at(struct decode *d, const struct node *node, int offset, const char *message)
{
    struct node at = *node;

    node_place(node, offset > 0 ? (size_t)offset : 0, d->file, &at.line, &at.column);
    complain(d, &at, "%s", message);
}

static void check_condition(struct decode *d, const struct node *node)
{
    struct ci_condition *condition;
    struct ci_err err;
    int offset = 0;

    if (!ci_condition_parse(node->text, d->mem, &condition, &offset, &err))
        complain_at(d, node, offset, err.msg);
}

static void check_forms(struct decode *d, unsigned flags, const struct node *node)
{
    json_t *kw = d->kw ? d->kw : ci_mem_json(d->mem, json_object());
    struct ci_strs secrets = {0};
    struct ci_err err;
    int offset = 0;

    if (ci_interpolate_plain(node->text))
        return;
    if (!ci_interpolate_check(node->text, kw, d->mem, &secrets, &offset, &err))
        complain_at(d, node, offset, err.msg);
    else if (secrets.count > 0 && (flags & KEY_PUBLIC))
        complain(d, node, "properties are public: the secret \"%s\" has no place here",
                 secrets.items[0]);
    else if (secrets.count > 0 && d->repository)
        complain(d, node, "the repository's own steps may not read secrets (\"%s\")",
                 secrets.items[0]);
}

void check_language(struct decode *d, unsigned flags, const struct node *node)
{
    if (d->wire || !node->text)
        return;
    if (flags & KEY_CONDITION)
        check_condition(d, node);
    else if (flags & KEY_RENDER)
        check_forms(d, flags, node);
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than the 64 levels of the file */
void check_language_tree(struct decode *d, unsigned flags, const struct node *node)
{
    if (!(flags & KEY_RENDER) || d->wire)
        return;
    if (node->kind == NODE_STRING)
        check_language(d, flags, node);
    for (size_t i = 0; i < node->count; i++) {
        const char *before =
            node->kind == NODE_MAP ? path_enter(d, node->keys[i]->text) : path_enter_item(d, i);

        check_language_tree(d, flags, node->items[i]);
        d->path = before;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a condition's tree is worth. */
#include "condition_internal.h"
#include "interpolate_scope.h"
#include "shared/result.h"

#include <fnmatch.h>
#include <string.h>

/* regexec() keeps a state for each byte at worst. */
enum { MATCHED_MAX = 16 * 1024 };

struct eval {
    const struct ci_condition_input *input;
    void *mem;
    struct ci_err *err;
};

/* A value, and whether its number is a result's. */
struct value {
    json_t *json;
    bool is_result;
};

static bool eval(struct eval *e, const struct node *node, struct value *out);

static struct value of_json(json_t *json)
{
    return (struct value){json ? json : json_null(), false};
}

static struct value of_bool(bool value)
{
    return (struct value){value ? json_true() : json_false(), false};
}

static struct value of_result(struct eval *e, struct ci_maybe result)
{
    if (!result.set)
        return of_json(NULL);
    return (struct value){ci_mem_json(e->mem, json_integer(result.value)), true};
}

static const char *kind_of(struct value value)
{
    static const char *const kinds[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",  [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number", [JSON_TRUE] = "a boolean",
        [JSON_FALSE] = "a boolean",  [JSON_NULL] = "null",
    };

    return value.is_result ? "a result" : kinds[json_typeof(value.json)];
}

/* Two integers as such: a double would round large ones. */
static int compare_numbers(const json_t *a, const json_t *b)
{
    json_int_t i = json_integer_value(a), j = json_integer_value(b);
    double x = json_number_value(a), y = json_number_value(b);

    return json_is_integer(a) && json_is_integer(b) ? (i > j) - (i < j) : (x > y) - (x < y);
}

static bool equal(json_t *a, json_t *b);

static bool equal_lists(json_t *a, json_t *b)
{
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++) {
        if (!equal(json_array_get(a, i), json_array_get(b, i)))
            return false;
    }
    return true;
}

static bool equal_objects(json_t *a, json_t *b)
{
    const char *key;
    json_t *value;

    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_foreach(a, key, value) {
        json_t *other = json_object_get(b, key);

        if (!other || !equal(value, other))
            return false;
    }
    return true;
}

/* As json_equal(), but 1 is 1.0. */
static bool equal(json_t *a, json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return compare_numbers(a, b) == 0;
    if (json_is_array(a) && json_is_array(b))
        return equal_lists(a, b);
    if (json_is_object(a) && json_is_object(b))
        return equal_objects(a, b);
    return json_equal(a, b);
}

static bool as_result(struct value value, enum ci_result *out)
{
    json_int_t code = json_integer_value(value.json);

    if (!json_is_integer(value.json) || code < 0 || code >= CI_RESULT_COUNT)
        return false;
    *out = (enum ci_result)code;
    return true;
}

static bool compare_results(struct value a, struct value b, int *out)
{
    enum ci_result left, right;

    if (!as_result(a, &left) || !as_result(b, &right))
        return false;
    *out = left == right ? 0 : ci_result_worst(left, right) == left ? 1 : -1;
    return true;
}

/* Below, at or above 0 in *out; false when the two have no order. */
static bool compare(struct value a, struct value b, int *out)
{
    if (a.is_result || b.is_result)
        return compare_results(a, b, out);
    if (json_is_number(a.json) && json_is_number(b.json))
        *out = compare_numbers(a.json, b.json);
    else if (json_is_string(a.json) && json_is_string(b.json))
        *out = strcmp(json_string_value(a.json), json_string_value(b.json));
    else
        return false;
    return true;
}

static bool order(struct eval *e, enum op op, struct value a, struct value b, bool *out)
{
    int sign;

    if (!compare(a, b, &sign))
        return ci_fail(e->err, CI_EINVALID, "cannot compare %s with %s by \"%s\"", kind_of(a),
                       kind_of(b), op_names[op]);
    *out = op == OP_LT ? sign < 0 : op == OP_LE ? sign <= 0 : op == OP_GT ? sign > 0 : sign >= 0;
    return true;
}

static bool has_item(json_t *list, json_t *item)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (equal(json_array_get(list, i), item))
            return true;
    }
    return false;
}

/* Nothing is in null: a property that is not there. */
static bool contains(struct eval *e, struct value item, struct value all, bool *out)
{
    *out = false;
    if (json_is_null(all.json))
        return true;
    if (json_is_array(all.json)) {
        *out = has_item(all.json, item.json);
        return true;
    }
    if (json_is_string(item.json) && json_is_string(all.json)) {
        *out = strstr(json_string_value(all.json), json_string_value(item.json));
        return true;
    }
    if (json_is_string(item.json) && json_is_object(all.json)) {
        *out = json_object_get(all.json, json_string_value(item.json));
        return true;
    }
    if (json_is_null(item.json) && (json_is_string(all.json) || json_is_object(all.json)))
        return true;
    return ci_fail(e->err, CI_EINVALID, "cannot look for %s in %s", kind_of(item), kind_of(all));
}

static bool match(struct eval *e, const struct node *node, struct value text, bool *out)
{
    *out = false;
    if (json_is_null(text.json))
        return true;
    if (!json_is_string(text.json))
        return ci_fail(e->err, CI_EINVALID, "cannot match %s with a pattern", kind_of(text));
    if (json_string_length(text.json) > MATCHED_MAX)
        return ci_fail(e->err, CI_EINVALID, "cannot match a text of more than %d bytes",
                       MATCHED_MAX);
    *out = regexec(node->pattern, json_string_value(text.json), 0, NULL, 0) == 0;
    return true;
}

static bool eval_compare(struct eval *e, const struct node *node, struct value *out)
{
    struct value a, b = of_json(NULL);
    bool holds = false, ok = true;

    if (!eval(e, node->items[0], &a) || (node->count > 1 && !eval(e, node->items[1], &b)))
        return false;
    switch (node->op) {
    case OP_EQ:
    case OP_NE:
        holds = equal(a.json, b.json) == (node->op == OP_EQ);
        break;
    case OP_IN:
    case OP_NOT_IN:
        ok = contains(e, a, b, &holds);
        holds = holds == (node->op == OP_IN);
        break;
    case OP_MATCH:
        ok = match(e, node, a, &holds);
        break;
    default:
        ok = order(e, node->op, a, b, &holds);
        break;
    }
    *out = of_bool(holds);
    return ok;
}

/* Stops at the first that decides, and is it, as in Python. */
static bool eval_chain(struct eval *e, const struct node *node, struct value *out)
{
    for (size_t i = 0; i < node->count; i++) {
        if (!eval(e, node->items[i], out))
            return false;
        if (ci_json_is_true(out->json) == (node->kind == NODE_OR))
            return true;
    }
    return true;
}

static bool eval_not(struct eval *e, const struct node *node, struct value *out)
{
    if (!eval(e, node->items[0], out))
        return false;
    *out = of_bool(!ci_json_is_true(out->json));
    return true;
}

static bool eval_list(struct eval *e, const struct node *node, struct value *out)
{
    json_t *list = ci_mem_json(e->mem, json_array());
    struct value item;

    for (size_t i = 0; i < node->count; i++) {
        if (!eval(e, node->items[i], &item))
            return false;
        (void)json_array_append(list, item.json);
    }
    *out = of_json(list);
    return true;
}

static bool eval_index(struct eval *e, const struct node *node, struct value *out)
{
    struct value all, key;
    json_int_t i;

    if (!eval(e, node->items[0], &all) || !eval(e, node->items[1], &key))
        return false;
    if (json_is_array(all.json) && json_is_integer(key.json)) {
        i = json_integer_value(key.json);
        i += i < 0 ? (json_int_t)json_array_size(all.json) : 0;
        *out = of_json(i < 0 ? NULL : json_array_get(all.json, (size_t)i));
    } else if (json_is_object(all.json) && json_is_string(key.json)) {
        *out = of_json(json_object_get(all.json, json_string_value(key.json)));
    } else if (json_is_null(all.json)) {
        *out = all;
    } else {
        return ci_fail(e->err, CI_EINVALID, "%s has no member for %s", kind_of(all), kind_of(key));
    }
    return true;
}

/* As the filters of changes match files: * also matches slashes. */
static bool any_changed(const struct node *node, struct ci_strs files)
{
    for (size_t i = 0; i < files.count; i++) {
        for (size_t j = 0; j < node->names.count; j++) {
            if (fnmatch(node->names.items[j], files.items[i], 0) == 0)
                return true;
        }
    }
    return false;
}

/* A keyword may ask for a secret, and gets none: what a condition gives is no secret. */
static bool eval_kw(struct eval *e, const struct node *node, struct value *out)
{
    struct ci_scope scope = e->input->scope ? *e->input->scope : (struct ci_scope){0};
    json_t *found;

    scope.secrets = NULL;
    if (!scope_kw(&scope, node->name, e->mem, &found, e->err))
        return false;
    *out = of_json(found);
    return true;
}

static bool eval_name(struct eval *e, const struct node *node, struct value *out)
{
    const struct ci_scope *scope = e->input->scope;

    switch (node->kind) {
    case NODE_PROP:
        *out = of_json(scope_property(scope, node->name));
        return true;
    case NODE_SRC:
        *out = of_json(json_object_get(scope_source(scope, node->codebase), node->name));
        return true;
    case NODE_WORKER:
        *out = of_json(scope_worker(scope, node->name));
        return true;
    case NODE_KW:
        return eval_kw(e, node, out);
    case NODE_RESULT:
        *out = of_result(e, e->input->result);
        return true;
    case NODE_BUILD_RESULT:
        *out = of_result(e, e->input->build_result);
        return true;
    case NODE_STEP_RESULT:
        *out = of_json(json_object_get(e->input->steps, node->name));
        out->is_result = json_is_integer(out->json);
        return true;
    default:
        *out = of_bool(any_changed(node, e->input->files));
        return true;
    }
}

static bool eval(struct eval *e, const struct node *node, struct value *out)
{
    switch (node->kind) {
    case NODE_LITERAL:
        *out = (struct value){node->value, node->is_result};
        return true;
    case NODE_LIST:
        return eval_list(e, node, out);
    case NODE_OR:
    case NODE_AND:
        return eval_chain(e, node, out);
    case NODE_NOT:
        return eval_not(e, node, out);
    case NODE_COMPARE:
        return eval_compare(e, node, out);
    case NODE_INDEX:
        return eval_index(e, node, out);
    default:
        return eval_name(e, node, out);
    }
}

bool ci_condition_value(const struct ci_condition *condition,
                        const struct ci_condition_input *input, void *mem, json_t **out,
                        struct ci_err *err)
{
    struct eval e = {.input = input, .mem = mem, .err = err};
    struct value value = of_json(NULL);

    if (!eval(&e, condition->root, &value))
        return false;
    *out = value.json;
    return true;
}

bool ci_condition_eval(const struct ci_condition *condition, const struct ci_condition_input *input,
                       void *mem, bool *out, struct ci_err *err)
{
    json_t *value;

    if (!ci_condition_value(condition, input, mem, &value, err))
        return false;
    *out = ci_json_is_true(value);
    return true;
}

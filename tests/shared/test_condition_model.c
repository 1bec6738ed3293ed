/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: random trees, held against a model. */
#include "condition_world.h"

static uint64_t seed;

static unsigned pick(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

/* The model's values: small numbers, strings of one letter or none, booleans, null. */
struct plain {
    enum { NONE, BOOLEAN, NUMBER, STRING } kind;
    int n;
};

static bool is_true(struct plain v)
{
    return v.kind != NONE && v.n != 0;
}

static struct plain boolean(bool b)
{
    return (struct plain){BOOLEAN, b};
}

static bool same(struct plain a, struct plain b)
{
    return a.kind == b.kind && a.n == b.n;
}

static struct plain make(struct ci_buf *out, int depth);

static struct plain make_leaf(struct ci_buf *out, unsigned kind)
{
    struct plain v = {(int)kind % 4, 0};

    switch (v.kind) {
    case NONE:
        ci_buf_puts(out, pick(2) ? "null" : "prop.missing");
        break;
    case BOOLEAN:
        v.n = (int)pick(2);
        ci_buf_puts(out, v.n ? "true" : "false");
        break;
    case NUMBER:
        v.n = (int)pick(6);
        ci_buf_puts(out, v.n == 5 ? "prop.n" : ci_mem_printf(out->mem, "%d", v.n));
        break;
    case STRING:
        v.n = (int)pick(3);
        ci_buf_puts(out, v.n == 0 ? "''" : v.n == 1 ? "'a'" : "\"b\"");
        break;
    }
    return v;
}

static struct plain make_order(struct ci_buf *out)
{
    static const char *const ops[] = {" < ", " <= ", " > ", ">="};
    unsigned kind = pick(2) ? NUMBER : STRING, op = pick(4);
    struct plain a = make_leaf(out, kind), b;

    ci_buf_puts(out, ops[op]);
    b = make_leaf(out, kind);
    return boolean(op == 0 ? a.n < b.n : op == 1 ? a.n <= b.n : op == 2 ? a.n > b.n : a.n >= b.n);
}

static struct plain make_member(struct ci_buf *out)
{
    struct plain item = make_leaf(out, pick(4));
    bool inverted = pick(2), found = false;

    ci_buf_puts(out, inverted ? " not in [" : " in [");
    for (unsigned i = 0, n = pick(4); i < n; i++) {
        ci_buf_puts(out, i > 0 ? ", " : "");
        found |= same(item, make_leaf(out, pick(4)));
    }
    ci_buf_puts(out, "]");
    return boolean(found != inverted);
}

static struct plain make_chain(struct ci_buf *out, int depth, bool is_or)
{
    struct plain v = {0};
    bool decided = false;

    for (unsigned i = 0, n = 2 + pick(2); i < n; i++) {
        struct plain item;

        ci_buf_puts(out, i == 0 ? "(" : is_or ? " or " : " and ");
        item = make(out, depth - 1);
        if (!decided)
            v = item;
        decided |= is_true(item) == is_or;
    }
    ci_buf_puts(out, ")");
    return v;
}

/* A random expression and what it is worth; each makes the parentheses that it needs. */
static struct plain make(struct ci_buf *out, int depth)
{
    struct plain a, b;
    unsigned what = depth > 0 ? pick(7) : 0;
    bool inverted;

    if (what <= 1)
        return make_leaf(out, pick(4));
    if (what <= 3)
        return make_chain(out, depth, what == 2);
    ci_buf_puts(out, what == 4 ? "(not " : "(");
    if (what == 4) {
        a = boolean(!is_true(make(out, depth - 1)));
    } else if (what == 5) {
        a = pick(2) ? make_order(out) : make_member(out);
    } else {
        ci_buf_puts(out, "(");
        a = make(out, depth - 1);
        inverted = pick(2);
        ci_buf_puts(out, inverted ? ") != (" : ")==(");
        b = make(out, depth - 1);
        ci_buf_puts(out, ")");
        a = boolean(same(a, b) != inverted);
    }
    ci_buf_puts(out, ")");
    return a;
}

static json_t *model_json(void *mem, struct plain v)
{
    static const char *const strings[] = {"", "a", "b"};

    switch (v.kind) {
    case BOOLEAN:
        return json_boolean(v.n);
    case NUMBER:
        return ci_mem_json(mem, json_integer(v.n));
    case STRING:
        return ci_mem_json(mem, json_string(strings[v.n]));
    default:
        return json_null();
    }
}

static void condition__agrees_with_a_model(void **state)
{
    struct world *w = *state;

    seed = 1;
    for (int round = 0; round < 20000; round++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf text;
        struct ci_err err;
        struct plain expected;
        json_t *out;

        ci_buf_init(&text, mem);
        expected = make(&text, 4);
        if (text.len > CI_CONDITION_BYTES)
            continue;
        assert_ok(ci_condition_value(parse(text.text, mem), &w->input, mem, &out, &err), err);
        if (!json_equal(out, model_json(mem, expected)))
            fail_msg("%s is \"%s\"", text.text, ci_json_text(out, mem));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(condition__agrees_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

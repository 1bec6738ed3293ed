/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of conditions are judged by: a build with properties, sources, steps and files. */
#pragma once

#include "ci_test.h"
#include "shared/condition.h"
#include "shared/result.h"

struct world {
    struct ci_scope scope;
    struct ci_condition_input input;
};

static inline json_t *read_json(void *mem, const char *text)
{
    return ci_mem_json(mem, json_loads(text, JSON_DECODE_ANY, NULL));
}

static inline int begin(void **state)
{
    static const char *const files[] = {"src/deep/main.c", "docs/a.md"};
    struct world *w = talloc_zero(NULL, struct world);

    w->scope = (struct ci_scope){
        .properties = read_json(w, "{\"branch\": [\"main\", \"B\"], \"n\": [5, \"\"], "
                                   "\"half\": [0.5, \"\"], \"none\": [null, \"\"], "
                                   "\"yes\": [true, \"\"], \"list\": [[1, [2], \"x\"], \"\"], "
                                   "\"map\": [{\"a\": {\"b\": 7}}, \"\"], "
                                   "\"warnings-count\": [3, \"\"], \"event.id\": [\"I\", \"\"], "
                                   "\"any name\": [\"ok\", \"\"], \"failed\": [2, \"\"]}"),
        .sources =
            read_json(w, "[{\"codebase\": \"lib\", \"branch\": \"dev\", \"project\": \"p\"}]"),
        .kw = read_json(w, "{\"os\": \"%(prop:branch)s!\", \"key\": \"%(secret:k)s\"}"),
        .worker =
            read_json(w, "{\"name\": \"w1\", \"labels\": {\"os\": \"linux\", \"k8s.io/a\": 1}}"),
        .secrets = read_json(w, "{\"k\": \"hunter2\"}"),
    };
    w->input = (struct ci_condition_input){
        .scope = &w->scope,
        .build_result = ci_some(CI_WARNINGS),
        .result = ci_some(CI_FAILURE),
        .steps = read_json(w, "{\"compile\": 0, \"unit tests\": 3, \"odd\": null}"),
        .files = {files, CI_COUNT(files)},
    };
    *state = w;
    return 0;
}

static inline int end(void **state)
{
    talloc_free(*state);
    return 0;
}

static inline struct ci_condition *parse(const char *text, void *mem)
{
    struct ci_condition *condition;
    struct ci_err err;
    int offset = -1;

    if (!ci_condition_parse(text, mem, &condition, &offset, &err))
        fail_msg("%s: at %d: %s", text, offset, err.msg);
    return condition;
}

struct row {
    const char *text, *expected;
};

static inline void expect_rows(struct world *w, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ci_condition *condition = parse(rows[i].text, w);
        struct ci_err err;
        json_t *out;
        bool holds;

        if (!ci_condition_value(condition, &w->input, w, &out, &err))
            fail_msg("%s: %s", rows[i].text, err.msg);
        if (!json_equal(out, read_json(w, rows[i].expected)))
            fail_msg("%s is %s", rows[i].text, ci_json_text(out, w));
        assert_ok(ci_condition_eval(condition, &w->input, w, &holds, &err), err);
        assert_int_equal(ci_json_is_true(out), holds);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

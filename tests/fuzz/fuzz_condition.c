/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a condition: what parses has a value or an error that says why not. */
#include "shared/condition.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static json_t *read_json(void *mem, const char *text)
{
    return ci_mem_json(mem, json_loads(text, 0, NULL));
}

static void evaluate(const struct ci_condition *condition, void *mem)
{
    static const char *const files[] = {"src/main.c", "docs/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.md"};
    struct ci_scope scope = {
        .properties = read_json(mem, "{\"x\": [\"main\", \"\"], \"n\": [5, \"\"],"
                                     " \"l\": [[1, {\"a\": 2}], \"\"]}"),
        .sources = read_json(mem, "[{\"codebase\": \"\", \"branch\": \"main\"}]"),
        .kw = read_json(mem, "{\"a\": \"%(kw:a)s\", \"b\": \"%(prop:x)s\"}"),
        .worker = read_json(mem, "{\"name\": \"w\", \"labels\": {\"os\": \"l\"}}"),
    };
    struct ci_condition_input input = {
        .scope = &scope,
        .result = ci_some(2),
        .steps = read_json(mem, "{\"a\": 3}"),
        .files = {files, CI_COUNT(files)},
    };
    struct ci_err err = {0};
    json_t *value;
    bool holds;

    if (!ci_condition_eval(condition, &input, mem, &holds, &err)) {
        require(err.code != 0 && *err.msg);
        return;
    }
    require(ci_condition_value(condition, &input, mem, &value, &err));
    require(ci_json_is_true(value) == holds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *text = ci_mem_strndup(mem, (const char *)data, size);
    struct ci_condition *condition;
    struct ci_err err;
    int offset = -1;

    if (ci_condition_parse(text, mem, &condition, &offset, &err))
        evaluate(condition, mem);
    else
        require(offset >= 0 && (size_t)offset <= strlen(text) && err.code == CI_EINVALID);
    return 0;
}

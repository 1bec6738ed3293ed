/* SPDX-License-Identifier: Apache-2.0 */
/* Any text with forms: what the check takes renders, and what has no form stays as it is. */
#include "shared/interpolate.h"

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

/* Keywords ask for one another and for the input itself. */
static struct ci_scope scope_of(void *mem, const char *text)
{
    struct ci_scope scope = {
        .properties = read_json(mem, "{\"x\": [\"main\", \"\"], \"n\": [0.1, \"\"]}"),
        .sources = read_json(mem, "[{\"codebase\": \"\", \"branch\": null}]"),
        .kw = read_json(mem, "{\"a\": \"%(kw:b)s\", \"b\": [\"%(kw:c)s\", {\"k\": \"%(kw:a)s\"}]}"),
        .worker = read_json(mem, "{\"name\": \"w\", \"labels\": {\"os\": \"l\"}}"),
        .secrets = read_json(mem, "{\"s\": \"hunter2\"}"),
    };
    json_t *self = json_string(text);

    if (self)
        json_object_set_new(scope.kw, "c", self);
    return scope;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *text = ci_mem_strndup(mem, (const char *)data, size);
    struct ci_scope scope = scope_of(mem, text);
    struct ci_strs secrets = {0};
    const char *shown = NULL;
    struct ci_err err;
    json_t *value;
    int offset = -1;
    bool fits, renders;

    fits = ci_interpolate_check(text, NULL, mem, &secrets, &offset, &err);
    require(fits || (offset >= 0 && (size_t)offset <= strlen(text) && err.code == CI_EINVALID));
    renders = ci_interpolate(text, &scope, mem, &shown, &err);
    /* A circle of keywords, or a secret that is not there, is found only when it is rendered. */
    require(!fits || renders || strstr(text, "kw:") || secrets.count > 0);
    if (ci_interpolate_plain(text))
        require(fits && renders && shown == text);
    if (ci_interpolate_value(text, &scope, mem, &value, &err))
        require(renders || json_is_null(value) || strstr(text, "kw:"));
    return 0;
}

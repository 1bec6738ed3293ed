/* SPDX-License-Identifier: Apache-2.0 */
/* JSON from outside, with a bound on how deep it nests. */
#include "shared/json.h"

#include <stdbool.h>
#include <stdio.h>

/* The offset of the bracket that goes too deep, or `len`. Brackets within strings do not count. */
static size_t too_deep_at(const char *text, size_t len)
{
    bool in_string = false;
    size_t depth = 0;

    for (size_t i = 0; i < len; i++) {
        const char c = text[i];

        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if ((c == '[' || c == '{') && ++depth > CI_JSON_DEPTH) {
            return i;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return len;
}

json_t *ci_json_read(const char *text, size_t len, size_t flags, json_error_t *why)
{
    const size_t at = too_deep_at(text, len);

    if (at == len)
        return json_loadb(text, len, flags, why);
    if (why) {
        *why = (json_error_t){.line = 1, .column = (int)at + 1, .position = (int)at};
        snprintf(why->text, sizeof(why->text), "nested more than %d levels deep at byte %zu",
                 CI_JSON_DEPTH, at);
    }
    return NULL;
}

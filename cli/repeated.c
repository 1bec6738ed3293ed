/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a flag out of the command line, as often as it stands there. */
#include "repeated.h"

#include <string.h>

bool repeated_take(struct repeated *repeated, int *argc, char **argv, struct ci_err *err)
{
    size_t len = strlen(repeated->flag);
    int kept = 1;

    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], repeated->flag) == 0) {
            if (++i == *argc)
                return ci_fail(err, CI_EINVALID, "%s needs a value", repeated->flag);
            repeated->values[repeated->count++] = argv[i];
        } else if (strncmp(argv[i], repeated->flag, len) == 0 && argv[i][len] == '=') {
            repeated->values[repeated->count++] = argv[i] + len + 1;
        } else {
            argv[kept++] = argv[i];
        }
    }
    argv[kept] = NULL;
    *argc = kept;
    return true;
}

bool repeated_properties(const struct repeated *given, void *mem, json_t *out, struct ci_err *err)
{
    for (size_t i = 0; i < given->count; i++) {
        const char *equals = strchr(given->values[i], '=');

        if (!equals || equals == given->values[i])
            return ci_fail(err, CI_EINVALID, "--property \"%s\" is no NAME=VALUE",
                           given->values[i]);
        json_object_set_new(
            out, ci_mem_strndup(mem, given->values[i], (size_t)(equals - given->values[i])),
            json_string(equals + 1));
    }
    return true;
}

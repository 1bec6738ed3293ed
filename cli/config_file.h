/* SPDX-License-Identifier: Apache-2.0 */
/* A slipway.yaml on disk: reading, checking, sending. */
#pragma once

#include "api.h"

/* The file's text in mem. CI_EINVALID when it can't be read. */
CI_MUST_USE bool config_file_read(void *mem, const char *path, struct ci_bytes *out,
                                  struct ci_err *err);

/* The problems of the text as {"line", "column", "message"} objects; empty when it is good. New
 * reference in mem. */
json_t *config_file_problems(void *mem, const char *path, struct ci_bytes text);

/* Prints each problem as path:line:column: message on stderr. */
void config_file_print(const char *path, json_t *problems);

/* Reads and checks; problems are printed and summed up in *err (CI_EINVALID). */
CI_MUST_USE bool config_file_check(void *mem, const char *path, struct ci_err *err);

/* Makes `text` the configuration in force; *changed false when it was already. */
CI_MUST_USE bool config_file_apply(struct api *api, struct ci_bytes text, const char *comment,
                                   int64_t *version, bool *changed, struct ci_err *err);

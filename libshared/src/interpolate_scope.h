/* SPDX-License-Identifier: Apache-2.0 */
/* Looks names up in a scope. All return borrowed values; NULL where there is none. */
#pragma once

#include "shared/interpolate.h"

/* The scope may be NULL. */
json_t *scope_property(const struct ci_scope *scope, const char *name);
/* The source of that codebase; for "" also the only one there is. */
json_t *scope_source(const struct ci_scope *scope, const char *codebase);
json_t *scope_worker(const struct ci_scope *scope, const char *name);

/* The value of a keyword with its texts rendered; *out is NULL when there is none. */
CI_MUST_USE bool scope_kw(const struct ci_scope *scope, const char *name, void *mem, json_t **out,
                          struct ci_err *err);

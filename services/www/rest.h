/* SPDX-License-Identifier: Apache-2.0 */
/* Reading resources: what GET, the control calls and the logs share. */
#pragma once

#include "paths.h"
#include "query.h"
#include "www.h"

/* The path below /api/v2 or /api/latest; NULL for any other. Never begins with a slash. */
const char *rest_path_of(const struct ci_request *request);

/* The scope of a matched path, its arguments resolved by the configuration where needed. */
CI_MUST_USE bool rest_scope(struct www *www, struct ci_tx *tx, const struct path_match *match,
                            void *mem, struct rest_scope *out, struct ci_err *err);

/* The one row that a path of a single resource means, as its record's struct; CI_ENOTFOUND. */
CI_MUST_USE bool rest_row(struct www *www, struct ci_tx *tx, const struct path_match *match,
                          void *mem, void **out, struct ci_err *err);

/* The rows of a resource that `options` leave of a scope. */
CI_MUST_USE bool rest_rows(struct www *www, struct ci_tx *tx, const struct rest_resource *resource,
                           const struct rest_scope *scope, const struct query_options *options,
                           void *mem, struct ci_list *out, struct ci_err *err);

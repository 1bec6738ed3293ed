/* SPDX-License-Identifier: Apache-2.0 */
/* Reading resources: what GET, the control calls and the logs share. */
#pragma once

#include "access.h"
#include "paths.h"
#include "query.h"
#include "www.h"

/* The path below /api/v2 or /api/latest; NULL for any other. Never begins with a slash. */
const char *rest_path_of(const struct ci_request *request);

/*
 * The scope of a matched path for who asks, its arguments resolved by the configuration where
 * needed. CI_ENOTFOUND when anything on the way there is hidden from them: builds/7 of
 * builds/7/changes.
 */
CI_MUST_USE bool rest_scope(struct www *www, struct ci_tx *tx, const struct path_match *match,
                            const struct access_view *view, void *mem, struct rest_scope *out,
                            struct ci_err *err);

/* The one row that a path of a single resource means, as its record's struct; CI_ENOTFOUND. */
CI_MUST_USE bool rest_row(struct www *www, struct ci_tx *tx, const struct path_match *match,
                          const struct access_view *view, void *mem, void **out,
                          struct ci_err *err);

/* The rows of a resource that `options` leave of a scope. */
CI_MUST_USE bool rest_rows(struct www *www, struct ci_tx *tx, const struct rest_resource *resource,
                           const struct rest_scope *scope, const struct query_options *options,
                           void *mem, struct ci_list *out, struct ci_err *err);

/* How many there are, counted no further than `bound`. */
CI_MUST_USE bool rest_count(struct ci_tx *tx, const struct rest_resource *resource,
                            const struct rest_scope *scope, const struct query_options *options,
                            int64_t bound, void *mem, int64_t *out, struct ci_err *err);

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading resources: what GET, the control calls and the logs share. */
#pragma once

#include "access/access.h"
#include "rest/paths.h"
#include "rest/query.h"
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

/* A row as JSON, with the selected fields. New reference. */
json_t *rest_encode(const struct rest_resource *resource, const void *row,
                    const struct query_options *options);

/*
 * What a list may cost: *refusal is NULL, or in mem the text of a 400 when no index serves the
 * query and the table is large, or when it skips too much of a large table.
 */
CI_MUST_USE bool rest_bounded(struct www *www, struct ci_tx *tx,
                              const struct rest_resource *resource, const struct rest_scope *scope,
                              const struct query_options *options, void *mem, const char **refusal,
                              struct ci_err *err);

/* Lists of more rows are sent as a stream, page by page of so many. */
enum { REST_PAGE = 1000 };
/* Whether lists of a resource can be streamed: its rows have a number as key. */
bool rest_streams(const struct rest_resource *resource);
/*
 * Reads the keys of the whole list, *keys in number, for rest_stream_send() to make the response
 * of them; in the request's memory. CI_EINVALID: more than REST_ROWS_MOST.
 */
enum { REST_ROWS_MOST = 2000000 };
struct rest_stream;
CI_MUST_USE bool rest_stream_open(struct www *www, struct ci_tx *tx,
                                  const struct ci_request *request,
                                  const struct rest_resource *resource,
                                  const struct rest_scope *scope,
                                  const struct query_options *options, struct rest_stream **out,
                                  size_t *keys, struct ci_err *err);
void rest_stream_send(struct rest_stream *stream, int64_t total, const struct ci_request *request,
                      struct ci_response *response);

/* The rows of a resource that `options` leave of a scope. */
CI_MUST_USE bool rest_rows(struct www *www, struct ci_tx *tx, const struct rest_resource *resource,
                           const struct rest_scope *scope, const struct query_options *options,
                           void *mem, struct ci_list *out, struct ci_err *err);

/* How many there are, counted no further than `bound`. */
CI_MUST_USE bool rest_count(struct ci_tx *tx, const struct rest_resource *resource,
                            const struct rest_scope *scope, const struct query_options *options,
                            int64_t bound, void *mem, int64_t *out, struct ci_err *err);

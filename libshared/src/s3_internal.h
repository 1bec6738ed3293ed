/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the S3 client share; only s3*.c and their tests include this. */
#pragma once

#include "shared/http_client.h"
#include "shared/s3.h"

#include <pthread.h>

enum { S3_IDLE_CLIENTS = 8 }; /* kept between calls; more threads open more for their call */

struct ci_s3 {
    struct ci_s3_options options; /* its texts in mem */
    void *mem;
    const char *base;  /* "http://HOST:PORT/BUCKET/", "http://BUCKET.HOST/" */
    const char *sigv4; /* "aws:amz:REGION:s3" */
    pthread_mutex_t lock;
    struct ci_client *idle[S3_IDLE_CLIENTS]; /* guarded by lock */
    size_t idle_count;                       /* guarded by lock */
};

/* ---- s3_request.c ---- */

struct s3_request {
    const char *method;
    const char *key;   /* "": the bucket itself */
    const char *query; /* encoded and sorted; or NULL */
    const char *range; /* "bytes=0-9" or NULL */
    const char *content_type;
    struct ci_bytes body;
};

/*
 * Makes the request until it has an answer that another try would not change.
 * True: status 200 to 299, or 416, which says that a range begins past the end.
 */
CI_MUST_USE bool s3_ask(struct ci_s3 *s3, const struct s3_request *request, void *mem,
                        struct ci_reply *reply, struct ci_err *err);

/* Puts where in the store it happened before the message; returns false. */
bool s3_fail_at(const struct ci_s3 *s3, const struct s3_request *request, struct ci_err *err);

/* ---- s3_xml.c ---- */

/* The <Code> of an <Error>, in mem; NULL when the text is none. */
const char *s3_error_code(struct ci_bytes xml, void *mem);

/* One page of ListObjectsV2. */
struct s3_page {
    struct ci_s3_object *objects;
    size_t count, cap;
    const char *next; /* continuation token; NULL: this was the last page */
};

/* In mem. CI_EUNAVAILABLE: the text is no such page. */
CI_MUST_USE bool s3_page_parse(struct ci_bytes xml, void *mem, struct s3_page *out,
                               struct ci_err *err);

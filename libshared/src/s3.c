/* SPDX-License-Identifier: Apache-2.0 */
/* The S3 client's calls: what each asks, and what the answers mean. */
#include "s3_internal.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";

enum { KEY_MAX = 1024, BUCKET_MAX = 63, TIMEOUT_SECONDS = 60 };

/* ---- opening ---- */

static bool is_made_of(const char *text, size_t max, const char *further)
{
    char allowed[sizeof(letters) + 8];
    size_t len = strlen(text);

    snprintf(allowed, sizeof(allowed), "%s%s", letters, further);
    return len > 0 && len <= max && text[strspn(text, allowed)] == '\0';
}

/* HOST or HOST:PORT of an endpoint; its scheme's length is in *scheme. NULL: it is none. */
static const char *host_of(const char *endpoint, size_t *scheme)
{
    static const char *const schemes[] = {"http://", "https://"};

    for (size_t i = 0; i < CI_COUNT(schemes); i++) {
        const char *host = endpoint + strlen(schemes[i]);

        *scheme = strlen(schemes[i]);
        if (strncmp(endpoint, schemes[i], *scheme) == 0)
            return is_made_of(host, 255, "._:[]") ? host : NULL;
    }
    return NULL;
}

static bool make_base(struct ci_s3 *s3, struct ci_err *err)
{
    const struct ci_s3_options *o = &s3->options;
    char *endpoint = ci_mem_strdup(s3->mem, o->endpoint ? o->endpoint : "");
    size_t len = strlen(endpoint), scheme = 0;
    const char *host;

    if (len && endpoint[len - 1] == '/')
        endpoint[len - 1] = '\0';
    host = host_of(endpoint, &scheme);
    if (!host)
        return ci_fail(err, CI_EINVALID,
                       "\"%s\" is no address of an S3 store, such as https://s3.example:9000",
                       endpoint);
    if (!o->bucket || !is_made_of(o->bucket, BUCKET_MAX, "._") || *o->bucket == '.')
        return ci_fail(err, CI_EINVALID, "\"%s\" is no name of a bucket",
                       o->bucket ? o->bucket : "");
    if (!is_made_of(o->region, 64, ""))
        return ci_fail(err, CI_EINVALID, "\"%s\" is no region", o->region);
    s3->options.endpoint = endpoint;
    s3->sigv4 = ci_mem_printf(s3->mem, "aws:amz:%s:s3", o->region);
    if (o->virtual_host)
        s3->base = ci_mem_printf(s3->mem, "%.*s%s.%s/", (int)scheme, endpoint, o->bucket, host);
    else
        s3->base = ci_mem_printf(s3->mem, "%s/%s/", endpoint, o->bucket);
    return true;
}

static struct ci_secret copy_secret(void *mem, struct ci_secret secret)
{
    secret.value = ci_mem_strdup(mem, secret.value);
    return secret;
}

bool ci_s3_open(const struct ci_s3_options *options, struct ci_s3 **out, struct ci_err *err)
{
    struct ci_s3 *s3 = calloc(1, sizeof(*s3));
    struct ci_s3_options *o;

    if (!s3)
        abort();
    s3->mem = ci_mem_new();
    pthread_mutex_init(&s3->lock, NULL);
    o = &s3->options;
    *o = *options;
    o->bucket = ci_mem_strdup(s3->mem, options->bucket);
    o->region = ci_mem_strdup(s3->mem, options->region ? options->region : "us-east-1");
    o->ca_file = ci_mem_strdup(s3->mem, options->ca_file);
    o->access_key = copy_secret(s3->mem, options->access_key);
    o->secret_key = copy_secret(s3->mem, options->secret_key);
    if (!o->timeout.us)
        o->timeout = ci_seconds(TIMEOUT_SECONDS);
    if (!make_base(s3, err)) {
        ci_s3_close(s3);
        return false;
    }
    *out = s3;
    return true;
}

void ci_s3_close(struct ci_s3 *s3)
{
    if (!s3)
        return;
    for (size_t i = 0; i < s3->idle_count; i++)
        ci_client_close(s3->idle[i]);
    pthread_mutex_destroy(&s3->lock);
    ci_mem_free(s3->mem);
    free(s3);
}

/* ---- the calls ---- */

/* libcurl and proxies would resolve such segments, and then it were another object's key. */
static bool has_odd_segment(const char *key)
{
    for (const char *c = key;; c++) {
        size_t len = strcspn(c, "/");

        if (len == 0 || (len <= 2 && strncmp(c, "..", len) == 0))
            return true;
        c += len;
        if (!*c)
            return false;
    }
}

static bool check_key(const char *key, struct ci_err *err)
{
    if (!*key || strlen(key) > KEY_MAX || has_odd_segment(key))
        return ci_fail(err, CI_EINVALID, "\"%.200s\" is no key of an object", key);
    return true;
}

bool ci_s3_put(struct ci_s3 *s3, const char *key, struct ci_bytes bytes, const char *content_type,
               struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_request request = {
        .method = "PUT",
        .key = key,
        .body = {bytes.data ? bytes.data : "", bytes.len},
        .content_type = content_type ? content_type : "application/octet-stream",
    };
    struct ci_reply reply = {0};

    if (bytes.len > CI_S3_MAX)
        return ci_fail(err, CI_ETOOLARGE, "\"%.200s\" has more than %d bytes", key, CI_S3_MAX);
    return check_key(key, err) && s3_ask(s3, &request, mem, &reply, err);
}

bool ci_s3_get(struct ci_s3 *s3, const char *key, void *mem, struct ci_bytes *out,
               struct ci_err *err)
{
    struct s3_request request = {.method = "GET", .key = key};
    struct ci_reply reply = {0};

    if (!check_key(key, err) || !s3_ask(s3, &request, mem, &reply, err))
        return false;
    *out = reply.body;
    return true;
}

/* What the range is of the bytes that came: a server may send the whole object instead (200). */
static struct ci_bytes cut(struct ci_bytes got, uint64_t offset, size_t length)
{
    if (offset >= got.len)
        return (struct ci_bytes){"", 0};
    got.data = (const char *)got.data + offset;
    got.len -= (size_t)offset;
    if (got.len > length)
        got.len = length;
    return got;
}

bool ci_s3_get_range(struct ci_s3 *s3, const char *key, uint64_t offset, size_t length, void *mem,
                     struct ci_bytes *out, struct ci_err *err)
{
    struct s3_request request = {.method = "GET", .key = key};
    struct ci_reply reply = {0};

    if (!length || offset > INT64_MAX - length)
        return ci_fail(err, CI_EINVALID, "a range of %zu bytes at %llu", length,
                       (unsigned long long)offset);
    request.range = ci_mem_printf(mem, "bytes=%llu-%llu", (unsigned long long)offset,
                                  (unsigned long long)(offset + length - 1));
    if (!check_key(key, err) || !s3_ask(s3, &request, mem, &reply, err))
        return false;
    if (reply.status == 416)
        *out = (struct ci_bytes){"", 0};
    else
        *out = cut(reply.body, reply.status == 206 ? 0 : offset, length);
    return true;
}

bool ci_s3_head(struct ci_s3 *s3, const char *key, struct ci_s3_object *out, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_request request = {.method = "HEAD", .key = key};
    struct ci_reply reply = {0};
    const char *length, *modified;

    if (!check_key(key, err) || !s3_ask(s3, &request, mem, &reply, err))
        return false;
    length = ci_pairs_get(reply.headers, "content-length");
    modified = ci_pairs_get(reply.headers, "last-modified");
    if (!length) {
        ci_fail(err, CI_EUNAVAILABLE, "the answer has no length");
        return s3_fail_at(s3, &request, err);
    }
    *out = (struct ci_s3_object){
        .size = strtoull(length, NULL, 10),
        .modified = {modified ? (int64_t)curl_getdate(modified, NULL) * 1000000 : 0},
    };
    return true;
}

bool ci_s3_delete(struct ci_s3 *s3, const char *key, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_request request = {.method = "DELETE", .key = key};
    struct ci_reply reply = {0};
    struct ci_err why;

    if (!check_key(key, err))
        return false;
    if (s3_ask(s3, &request, mem, &reply, &why) || why.code == CI_ENOTFOUND)
        return true;
    *err = why;
    return false;
}

static bool list_page(struct ci_s3 *s3, const char *prefix, const char *token, void *mem,
                      struct s3_page *out, struct ci_err *err)
{
    struct s3_request request = {.method = "GET", .key = ""};
    struct ci_reply reply = {0};

    request.query = ci_mem_printf(mem, "%s%s%slist-type=2&max-keys=1000&prefix=%s",
                                  token ? "continuation-token=" : "",
                                  token ? ci_url_encode(mem, token, false) : "", token ? "&" : "",
                                  ci_url_encode(mem, prefix, false));
    if (!s3_ask(s3, &request, mem, &reply, err))
        return false;
    return s3_page_parse(reply.body, mem, out, err) || s3_fail_at(s3, &request, err);
}

bool ci_s3_list(struct ci_s3 *s3, const char *prefix,
                bool (*each)(void *user, const struct ci_s3_object *object, struct ci_err *err),
                void *user, struct ci_err *err)
{
    CI_AUTO_MEM token_mem = ci_mem_new();
    const char *token = NULL;

    do {
        CI_AUTO_MEM mem = ci_mem_new();
        struct s3_page page;

        if (!list_page(s3, prefix, token, mem, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            if (!each(user, &page.objects[i], err))
                return false;
        token = ci_mem_strdup(token_mem, page.next);
    } while (token);
    return true;
}

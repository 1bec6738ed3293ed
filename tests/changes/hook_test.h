/* SPDX-License-Identifier: Apache-2.0 */
/* A web hook's delivery in the making, and what its reader says to it. */
#pragma once

#include "ci_test.h"
#include "hooks/hook.h"

#include <string.h>

static const struct ci_time noon = {INT64_C(1767614400) * 1000000};

/* One delivery in the making; zeroed, then told what differs. */
struct post {
    struct ci_config config;
    struct ci_pair headers[8];
    size_t header_count;
    struct ci_pair query[16];
    size_t query_count;
    const char *body;
    size_t len; /* 0: the body is a text */
};

static inline void header(struct post *post, const char *name, const char *value)
{
    post->headers[post->header_count++] = (struct ci_pair){name, value};
}

static inline void query(struct post *post, const char *name, const char *value)
{
    post->query[post->query_count++] = (struct ci_pair){name, value};
}

/* Everything at its default, and the dialect on. */
static inline struct post post_of(const char *body)
{
    struct post post = {.body = body};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_config *config = NULL;
    struct ci_list problems;

    assert_true(ci_config_parse("test", "{}", 2, mem, &config, &problems));
    post.config.web_hooks = config->web_hooks;
    return post;
}

static inline struct ci_hook *options(struct post *post, const char *dialect)
{
    return &post->config.web_hooks.hooks[hook_dialect(dialect)->id];
}

/* Proves and reads, as a delivery's reception does. */
static inline bool read_post(const char *dialect, const struct post *post, void *mem,
                             struct delivery *out, struct ci_err *err)
{
    const struct ci_request request = {
        .mem = mem,
        .now = noon,
        .method = "POST",
        .raw = {post->body,    post->len    ? post->len
                            : post->body ? strlen(post->body)
                                         : 0},
        .query = {post->query,   post->query_count                       },
        .headers = {post->headers, post->header_count                      },
    };
    const struct hook hook = {
        .config = &post->config,
        .options = &post->config.web_hooks.hooks[hook_dialect(dialect)->id],
        .request = &request,
    };
    const char *secret;
    bool proven;

    *out = (struct delivery){0};
    return hook_secret(&hook, &secret, err) &&
           hook_prove(&hook, hook_dialect(dialect), secret, &proven, err) &&
           hook_read(hook_dialect(dialect), &hook, out, err);
}

static inline const struct new_change *only(const char *dialect, const struct post *post, void *mem)
{
    struct delivery out;
    struct ci_err err = {0};

    assert_ok(read_post(dialect, post, mem, &out, &err), err);
    assert_int_equal(1, out.count);
    return out.changes;
}

/* Why there is no change; the delivery was understood. */
static inline const char *nothing(const char *dialect, const struct post *post, void *mem)
{
    struct delivery out;
    struct ci_err err = {0};

    assert_ok(read_post(dialect, post, mem, &out, &err), err);
    assert_int_equal(0, out.count);
    assert_non_null(out.reason);
    return out.reason;
}

/* The message of the refusal. */
static inline const char *refused(const char *dialect, const struct post *post, void *mem)
{
    struct delivery out;
    struct ci_err err = {0};

    assert_false(read_post(dialect, post, mem, &out, &err));
    assert_int_equal(CI_EINVALID, err.code);
    return ci_mem_strdup(mem, err.msg);
}

/* The value of a property, or NULL. */
static inline const char *property(const struct new_change *change, const char *name)
{
    json_t *pair = json_object_get(change->properties, name);

    if (pair)
        assert_string_equal("Change", json_string_value(json_array_get(pair, 1)));
    return json_string_value(json_array_get(pair, 0));
}

/* A poller that knows the repository octo/app at GitHub. */
static struct ci_change_source polled __attribute__((unused)) = {
    .repository = "https://github.com/octo/app.git", .project = "polled", .codebase = "core"};

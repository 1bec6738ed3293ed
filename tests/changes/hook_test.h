/* SPDX-License-Identifier: Apache-2.0 */
/* A web hook's delivery in the making, and what its reader says to it. */
#pragma once

#include "ci_test.h"
#include "hook.h"

#include <string.h>

static const struct ci_time noon = {INT64_C(1767614400) * 1000000};

/* One delivery in the making; zeroed, then told what differs. */
struct post {
    struct ci_config config;
    struct ci_pair headers[4];
    size_t header_count;
    struct ci_pair query[16];
    size_t query_count;
    const char *body;
};

static inline void header(struct post *post, const char *name, const char *value)
{
    post->headers[post->header_count++] = (struct ci_pair){name, value};
}

static inline void query(struct post *post, const char *name, const char *value)
{
    post->query[post->query_count++] = (struct ci_pair){name, value};
}

static inline bool read_post(hook_reader *read, const struct post *post, void *mem,
                             struct delivery *out, struct ci_err *err)
{
    const struct ci_request request = {
        .mem = mem,
        .now = noon,
        .method = "POST",
        .raw = {post->body,    post->body ? strlen(post->body) : 0},
        .query = {post->query,   post->query_count                  },
        .headers = {post->headers, post->header_count                 },
    };
    const struct hook hook = {.config = &post->config, .request = &request};

    *out = (struct delivery){0};
    return read(&hook, out, err);
}

static inline const struct new_change *only(hook_reader *read, const struct post *post, void *mem)
{
    struct delivery out;
    struct ci_err err = {0};

    assert_ok(read_post(read, post, mem, &out, &err), err);
    assert_int_equal(1, out.count);
    return out.changes;
}

/* The message of the refusal. */
static inline const char *refused(hook_reader *read, const struct post *post, void *mem)
{
    struct delivery out;
    struct ci_err err = {0};

    assert_false(read_post(read, post, mem, &out, &err));
    assert_int_equal(CI_EINVALID, err.code);
    return ci_mem_strdup(mem, err.msg);
}

/* A poller that knows the repository octo/app at GitHub. */
static struct ci_change_source polled = {
    .repository = "https://github.com/octo/app.git", .project = "polled", .codebase = "core"};

/* SPDX-License-Identifier: Apache-2.0 */
/* tests/s3/server.js for a test: its start, its faults, and options that reach it. */
#pragma once

#include "child_server.h"
#include "shared/http_client.h"
#include "shared/s3.h"

static inline void s3_server_start(struct child_server *server)
{
    if (access(TEST_S3_DIR "/node_modules/s3rver", F_OK) != 0)
        fail_msg("s3rver is not installed; run: npm ci --prefix %s", TEST_S3_DIR);
    child_server_start(server, "node", TEST_S3_DIR "/server.js");
}

/* Asks the server's front; returns how many requests it has had. */
static inline long s3_server_tell(const struct child_server *server, const char *what,
                                  const char *json)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_client_options options = {.user_agent = "test"};
    struct ci_call call = {
        .method = json ? "POST" : "GET",
        .url = ci_mem_printf(mem, "http://127.0.0.1:%u/-/%s", server->port, what),
        .body = {json, json ? strlen(json) : 0},
    };
    struct ci_reply reply = {0};
    struct ci_client *client = NULL;
    struct ci_err err;

    assert_ok(ci_client_open(&options, &client, &err), err);
    assert_ok(ci_client_expect(client, &call, mem, &reply, &err), err);
    ci_client_close(client);
    return (long)json_integer_value(json_object_get(reply.json, "requests"));
}

static inline void s3_server_fail(const struct child_server *server, const char *json)
{
    s3_server_tell(server, "faults", json);
}

static inline long s3_server_requests(const struct child_server *server)
{
    return s3_server_tell(server, "count", NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* tests/s3/server.js for a test: its start, its faults, and options that reach it. */
#pragma once

#include "child_server.h"
#include "shared/s3.h"

static inline void s3_server_start(struct child_server *server)
{
    if (access(TEST_S3_DIR "/node_modules/s3rver", F_OK) != 0)
        fail_msg("s3rver is not installed; run: npm ci --prefix %s", TEST_S3_DIR);
    child_server_start(server, "node", TEST_S3_DIR "/server.js");
}

static inline void s3_server_fail(const struct child_server *server, const char *json)
{
    child_server_tell(server, "faults", json, NULL);
}

static inline long s3_server_requests(const struct child_server *server)
{
    return child_server_tell(server, "count", NULL, "requests");
}

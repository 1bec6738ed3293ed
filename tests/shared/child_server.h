/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that a test runs as a child: it prints `{"port": N}` when it
 * listens and ends when its standard input does, also when the test is killed.
 */
#pragma once

#include "ci_test.h"
#include "shared/http_client.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct child_server {
    pid_t pid;
    int in; /* its standard input */
    unsigned port;
    char folder[64]; /* of its own, empty at the start; its last argument */
};

static inline unsigned read_port(int fd)
{
    char line[128] = "";
    size_t len = 0;
    unsigned port = 0;

    while (len < sizeof(line) - 1 && !memchr(line, '\n', len)) {
        ssize_t n = read(fd, line + len, sizeof(line) - 1 - len);

        if (n <= 0)
            break;
        len += (size_t)n;
    }
    return sscanf(line, "{\"port\": %u", &port) == 1 || sscanf(line, "{\"port\":%u", &port) == 1
               ? port
               : 0;
}

/* `program` and `script` as execlp takes them; returns when it listens. */
static inline void child_server_start(struct child_server *server, const char *program,
                                      const char *script)
{
    int in[2], out[2];

    strcpy(server->folder, "/tmp/slipway-test.XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (server->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execlp(program, program, script, server->folder, (char *)NULL);
        perror(program);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    server->in = in[1];
    server->port = read_port(out[0]);
    close(out[0]);
    if (!server->port)
        fail_msg("%s %s did not start", program, script);
}

static inline void remove_folder(const char *folder)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    assert_int_equal(system(command), 0);
}

static inline void child_server_stop(struct child_server *server)
{
    close(server->in);
    waitpid(server->pid, NULL, 0);
    remove_folder(server->folder);
}

/* Asks the test's own side of the server, or POSTs it `json`; the number `count` of the answer. */
static inline long child_server_tell(const struct child_server *server, const char *what,
                                     const char *json, const char *count)
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
    return count ? (long)json_integer_value(json_object_get(reply.json, count)) : 0;
}

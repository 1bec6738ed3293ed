/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that are made while they are sent. */
#include "http_server.h"

enum { BLOCK_BYTES = 16 << 10 };

struct streaming {
    struct ci_server *server;
    struct ci_stream stream;
    void *mem; /* of the request, in which this lives */
};

static ssize_t read_block(void *user, uint64_t offset, char *out, size_t max)
{
    struct streaming *streaming = user;
    ssize_t n = streaming->stream.read(streaming->stream.user, out, max);

    (void)offset;
    if (n < 0 || (n == 0 && ci_server_draining(streaming->server)))
        return U_STREAM_END;
    return n;
}

static void free_streaming(void *user)
{
    struct streaming *streaming = user;

    if (streaming->stream.free)
        streaming->stream.free(streaming->stream.user);
    ci_mem_free(streaming->mem);
}

void ci_stream_send(struct ci_server *server, const struct ci_stream *stream, int status, void *mem,
                    struct _u_response *reply)
{
    struct streaming *streaming = ci_mem_zero(mem, struct streaming);

    *streaming = (struct streaming){server, *stream, mem};
    ulfius_set_stream_response(reply, (unsigned)status, read_block, free_streaming,
                               stream->sized ? (uint64_t)stream->length : U_STREAM_SIZE_UNKNOWN,
                               BLOCK_BYTES, streaming);
}

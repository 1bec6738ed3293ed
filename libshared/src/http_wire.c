/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of one WebSocket: a poll loop that reads frames and writes what is queued. */
#include "http_websocket.h"
#include "shared/utf8.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

enum {
    READ_BYTES = 16 << 10,
    WRITE_PATIENCE_MS = 30000, /* in which a peer takes none of our bytes */
    SILENT_PINGS = 3,          /* unanswered ones until the peer counts as gone */
};

struct wire {
    struct ci_websocket *socket;
    int fd;
    struct ci_buf in;      /* what has come and is no whole frame yet */
    struct ci_buf message; /* the frames so far of a message in several */
    bool in_message, text;
    struct ci_out *out; /* being written */
    size_t written;
    struct ci_mono stalled; /* when the peer last took something */
    struct ci_mono heard;   /* when it last sent something */
    struct ci_mono pinged;
};

/* ---- in ---- */

static bool deliver(struct wire *w, bool text, const char *data, size_t len)
{
    struct ci_websocket *socket = w->socket;

    if (!text)
        return true; /* nobody of ours speaks binary */
    if (!ci_utf8_is_valid(data, len))
        return false;
    if (!ci_websocket_ended(socket))
        socket->handler->message(socket->user, socket, data, len);
    return true;
}

static bool take_data(struct wire *w, const struct ci_frame *frame, const char *payload)
{
    /* A message goes on exactly when one has begun. */
    if ((frame->opcode == CI_OP_CONTINUE) != w->in_message)
        return false;
    if (!w->in_message) {
        w->text = frame->opcode == CI_OP_TEXT;
        if (frame->fin)
            return deliver(w, w->text, payload, frame->len);
    }
    if (w->message.len + frame->len > CI_SOCKET_MESSAGE)
        return false;
    ci_buf_add(&w->message, payload, frame->len);
    w->in_message = !frame->fin;
    if (w->in_message)
        return true;
    bool fine = deliver(w, w->text, w->message.text, w->message.len);
    w->message.len = 0;
    return fine;
}

/* False: the socket ends. */
static bool take_frame(struct wire *w, const struct ci_frame *frame, const char *payload)
{
    switch (frame->opcode) {
    case CI_OP_CLOSE:
        return false;
    case CI_OP_PING:
        return ci_websocket_queue(w->socket, CI_OP_PONG, payload, frame->len);
    case CI_OP_PONG:
        return true;
    default:
        return take_data(w, frame, payload);
    }
}

static bool take_frames(struct wire *w)
{
    size_t at = 0;
    bool fine = true;

    while (fine) {
        struct ci_frame frame;
        char *data = w->in.text + at;
        enum ci_frame_verdict verdict =
            ci_frame_parse(data, w->in.len - at, CI_SOCKET_MESSAGE, &frame);

        if (verdict == CI_FRAME_BAD)
            return false;
        if (verdict == CI_FRAME_MORE || w->in.len - at < frame.head + frame.len)
            break;
        ci_frame_unmask(data + frame.head, &frame);
        fine = take_frame(w, &frame, data + frame.head);
        at += frame.head + frame.len;
    }
    memmove(w->in.text, w->in.text + at, w->in.len - at);
    w->in.len -= at;
    return fine;
}

static bool read_some(struct wire *w)
{
    char data[READ_BYTES];
    ssize_t n = recv(w->fd, data, sizeof(data), MSG_DONTWAIT);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    w->heard = ci_mono_now();
    ci_buf_add(&w->in, data, (size_t)n);
    return take_frames(w);
}

/* What ulfius had read before we stopped it; whole messages. */
static bool take_early(struct wire *w)
{
    struct ci_out *early;
    bool fine = true;

    while (fine && (early = ci_websocket_take_early(w->socket))) {
        fine = deliver(w, true, early->bytes, early->len);
        free(early);
    }
    return fine;
}

/* ---- out ---- */

static void next_out(struct wire *w)
{
    free(w->out);
    w->out = ci_websocket_take(w->socket);
    w->written = 0;
    w->stalled = ci_mono_now();
}

/* Writes as much as goes without waiting. */
static bool write_some(struct wire *w)
{
    while (w->out) {
        ssize_t n = send(w->fd, w->out->bytes + w->written, w->out->len - w->written,
                         MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        w->stalled = ci_mono_now();
        w->written += (size_t)n;
        if (w->written == w->out->len)
            next_out(w);
    }
    return true;
}

/* Between two frames only; a peer that gets none sees the connection end all the same. */
static void say_goodbye(struct wire *w)
{
    char frame[CI_FRAME_HEAD];

    if (w->written == 0)
        send(w->fd, frame, ci_frame_head(CI_OP_CLOSE, 0, frame), MSG_DONTWAIT | MSG_NOSIGNAL);
    free(w->out);
}

/* ---- both ---- */

/* A ping when it is time. False: the peer has left several without a word. */
static bool ping(struct wire *w)
{
    const int64_t every = w->socket->ping.us;
    struct ci_mono now = ci_mono_now();

    if (!every || ci_mono_since(now, w->pinged).us < every)
        return true;
    w->pinged = now;
    return ci_mono_since(now, w->heard).us < every * SILENT_PINGS &&
           ci_websocket_queue(w->socket, CI_OP_PING, NULL, 0);
}

/* Milliseconds; -1: for ever. */
static int patience(const struct wire *w)
{
    const int64_t every = w->socket->ping.us;
    int64_t wait = w->out ? WRITE_PATIENCE_MS : -1, next;

    if (!every)
        return (int)wait;
    next = (every - ci_mono_since(ci_mono_now(), w->pinged).us) / 1000 + 1;
    next = next > 0 ? next : 0;
    return (int)(wait < 0 || next < wait ? next : wait);
}

static bool turn(struct wire *w)
{
    struct pollfd fds[] = {
        {.fd = w->fd,           .events = (short)(POLLIN | (w->out ? POLLOUT : 0))},
        {.fd = w->socket->bell, .events = POLLIN                                  },
    };
    eventfd_t rung;

    poll(fds, CI_COUNT(fds), patience(w));
    if (w->out && ci_mono_since(ci_mono_now(), w->stalled).us >= WRITE_PATIENCE_MS * 1000LL)
        return false;
    if (fds[1].revents)
        eventfd_read(w->socket->bell, &rung);
    if (!ping(w) || !take_early(w) || (fds[0].revents && !read_some(w)))
        return false;
    if (!w->out)
        next_out(w);
    return write_some(w) && !ci_websocket_ended(w->socket);
}

void ci_wire_run(struct ci_websocket *socket, int fd)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_mono now = ci_mono_now();
    struct wire w = {.socket = socket, .fd = fd, .heard = now, .pinged = now};

    ci_buf_init(&w.in, mem);
    ci_buf_init(&w.message, mem);
    while (turn(&w))
        ;
    say_goodbye(&w);
}

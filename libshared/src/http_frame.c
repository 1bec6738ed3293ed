/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket frames to and from bytes. */
#include "http_frame.h"

#include <string.h>

static bool is_control(unsigned opcode)
{
    return opcode >= CI_OP_CLOSE;
}

/* No extension is agreed on, so the reserved bits are 0; a client masks; control frames are short.
 */
static bool is_legal(const unsigned char *data, const struct ci_frame *frame)
{
    if ((data[0] & 0x70) != 0 || (data[1] & 0x80) == 0)
        return false;
    if (is_control(frame->opcode))
        return frame->opcode <= CI_OP_PONG && frame->fin && (data[1] & 0x7f) <= 125;
    return frame->opcode <= CI_OP_BINARY;
}

enum ci_frame_verdict ci_frame_parse(const void *bytes, size_t len, size_t max,
                                     struct ci_frame *out)
{
    const unsigned char *data = bytes;
    size_t extra;
    uint64_t size;

    if (len < 2)
        return CI_FRAME_MORE;
    out->opcode = data[0] & 0x0f;
    out->fin = (data[0] & 0x80) != 0;
    if (!is_legal(data, out))
        return CI_FRAME_BAD;
    size = data[1] & 0x7f;
    extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    out->head = 2 + extra + sizeof(out->mask);
    if (len < out->head)
        return CI_FRAME_MORE;
    if (extra) {
        size = 0;
        for (size_t i = 0; i < extra; i++)
            size = size << 8 | data[2 + i];
    }
    if (size > max)
        return CI_FRAME_BAD;
    out->len = (size_t)size;
    memcpy(out->mask, data + 2 + extra, sizeof(out->mask));
    return CI_FRAME_OK;
}

void ci_frame_unmask(char *payload, const struct ci_frame *frame)
{
    for (size_t i = 0; i < frame->len; i++)
        payload[i] = (char)(payload[i] ^ frame->mask[i % 4]);
}

size_t ci_frame_head(enum ci_opcode opcode, size_t len, char out[CI_FRAME_HEAD])
{
    char *to = out;

    *to++ = (char)(0x80 | opcode);
    if (len < 126) {
        *to++ = (char)len;
    } else if (len <= UINT16_MAX) {
        *to++ = 126;
        for (int shift = 8; shift >= 0; shift -= 8)
            *to++ = (char)(len >> shift);
    } else {
        *to++ = 127;
        for (int shift = 56; shift >= 0; shift -= 8)
            *to++ = (char)((uint64_t)len >> shift);
    }
    return (size_t)(to - out);
}

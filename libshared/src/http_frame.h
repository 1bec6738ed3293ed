/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket frames (RFC 6455, section 5), as pure functions over bytes. */
#pragma once

#include "shared/base.h"

enum ci_opcode {
    CI_OP_CONTINUE = 0,
    CI_OP_TEXT = 1,
    CI_OP_BINARY = 2,
    CI_OP_CLOSE = 8,
    CI_OP_PING = 9,
    CI_OP_PONG = 10,
};

enum { CI_FRAME_HEAD = 10 }; /* bytes, at most, of a head of ours */

struct ci_frame {
    unsigned opcode;
    bool fin;
    size_t head; /* bytes before the payload */
    size_t len;  /* of the payload */
    unsigned char mask[4];
};

enum ci_frame_verdict { CI_FRAME_OK, CI_FRAME_MORE, CI_FRAME_BAD };

/*
 * Reads the head of a client's frame. CI_FRAME_MORE: its head is not all there
 * yet. CI_FRAME_BAD: against the protocol, or a payload larger than max.
 */
enum ci_frame_verdict ci_frame_parse(const void *bytes, size_t len, size_t max,
                                     struct ci_frame *out);
void ci_frame_unmask(char *payload, const struct ci_frame *frame);
/* The head of a whole frame of ours; its length. */
size_t ci_frame_head(enum ci_opcode opcode, size_t len, char out[CI_FRAME_HEAD]);

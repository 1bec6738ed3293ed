/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting a command's output into lines for an observer. Pure. */
#pragma once

#include "exec.h"

struct observing {
    const struct observer *observer; /* NULL: nobody looks */
    struct stream_part {
        char *text; /* of a line without its end */
        size_t len, cap;
    } parts[2];
};

/* `second`: stderr. Lines longer than OUTPUT_LINE come in pieces. */
void observe_feed(struct observing *observing, bool second, const char *data, size_t len);
/* A last line without its end is one all the same. */
void observe_end(struct observing *observing);

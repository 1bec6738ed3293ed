/* SPDX-License-Identifier: Apache-2.0 */
/* Makes text of bytes that nobody promised to be text. */
#include "logs.h"

#include <string.h>

/* Bytes of the well-formed sequence at `at`, 0 when there is none (Unicode 15, table 3-7). */
static size_t sequence(const unsigned char *at, size_t left)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t len;

    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xC2 && at[0] <= 0xDF)
        len = 2;
    else if (at[0] >= 0xE0 && at[0] <= 0xEF)
        len = 3;
    else if (at[0] >= 0xF0 && at[0] <= 0xF4)
        len = 4;
    else
        return 0;
    low = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : low;
    high = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : high;
    if (left < 2 || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if (i >= left || (at[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

/* Bytes that were on the way to a sequence and count as one error, as Python's "replace" has it. */
static size_t broken(const unsigned char *at, size_t left)
{
    unsigned char pad[4] = {0x80, 0x80, 0x80, 0x80};

    for (size_t len = left < 3 ? left : 3; len > 1; len--) {
        memcpy(pad, at, len);
        /* E0, ED, F0 and F4 narrow the second byte, which `at` has from itself already. */
        memset(pad + len, 0x80, sizeof(pad) - len);
        if (sequence(pad, sizeof(pad)) > len)
            return len;
    }
    return 1;
}

struct ci_bytes logs_utf8(void *mem, struct ci_bytes text)
{
    const unsigned char *data = text.data;
    size_t clean = 0; /* begins what is good and not yet copied */
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t at = 0; at < text.len;) {
        size_t len = sequence(data + at, text.len - at);

        if (len) {
            at += len;
            continue;
        }
        ci_buf_add(&out, data + clean, at - clean);
        ci_buf_puts(&out, "\xEF\xBF\xBD");
        at += broken(data + at, text.len - at);
        clean = at;
    }
    if (clean == 0)
        return text;
    ci_buf_add(&out, data + clean, text.len - clean);
    return (struct ci_bytes){out.text, out.len};
}

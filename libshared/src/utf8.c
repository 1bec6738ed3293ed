/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 checked by the table of RFC 3629, section 4. */
#include "shared/utf8.h"

#include <string.h>

/*
 * The length of the sequence at `p` (1..4), or minus the number of bytes of
 * the maximal invalid part (Unicode 15, section 3.9, U+FFFD substitution).
 */
static int sequence(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xbf;
    int need, have = 1;

    if (p[0] < 0x80)
        return p[0] ? 1 : -1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return -1;
    need = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    while (have < need && (size_t)have < left && p[have] >= low && p[have] <= high) {
        low = 0x80;
        high = 0xbf;
        have++;
    }
    return have == need ? need : -have;
}

bool ci_utf8_is_valid(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + len;

    while (p < end) {
        int n = sequence(p, (size_t)(end - p));

        if (n < 0)
            return false;
        p += n;
    }
    return true;
}

char *ci_utf8_clean(void *mem, const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + len;
    struct ci_buf out;

    if (ci_utf8_is_valid(text, len))
        return ci_mem_strndup(mem, text, len);
    ci_buf_init(&out, mem);
    while (p < end) {
        int n = sequence(p, (size_t)(end - p));

        if (n > 0)
            ci_buf_add(&out, p, (size_t)n);
        else
            ci_buf_puts(&out, "\xef\xbf\xbd");
        p += n > 0 ? n : -n;
    }
    return out.text;
}

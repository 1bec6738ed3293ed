/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/markup.h"

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (unsigned char)c < ' ' || c == 0x7f ? " " : NULL;
    }
}

const char *markup_escape(const char *text, void *mem)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (; *text; text++) {
        const char *instead = entity(*text);

        if (instead)
            ci_buf_puts(&out, instead);
        else
            ci_buf_add(&out, text, 1);
    }
    return out.text;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Whole lines are handed on where they lie; only torn ones are copied. */
#include "observe.h"

#include <string.h>

static void tell(struct observing *observing, bool second, const char *text, size_t len)
{
    if (len > 0 && text[len - 1] == '\r')
        len--;
    observing->observer->line(observing->observer->user, second ? 'e' : 'o', text, len);
}

static void keep(struct stream_part *part, const char *data, size_t len)
{
    if (part->len + len > part->cap) {
        size_t cap = part->len + len < 256 ? 256 : (part->len + len) * 2;
        char *more = ci_mem_array(NULL, char, cap);

        if (part->len > 0)
            memcpy(more, part->text, part->len);
        ci_mem_free(part->text);
        part->text = more;
        part->cap = cap;
    }
    memcpy(part->text + part->len, data, len);
    part->len += len;
}

static void tell_part(struct observing *observing, bool second)
{
    struct stream_part *part = &observing->parts[second];

    tell(observing, second, part->text, part->len);
    part->len = 0;
}

void observe_feed(struct observing *observing, bool second, const char *data, size_t len)
{
    struct stream_part *part = &observing->parts[second];

    while (observing->observer && len > 0) {
        size_t room = OUTPUT_LINE - part->len, taken = len < room ? len : room;
        const char *end = memchr(data, '\n', taken);

        if (end && part->len == 0) {
            tell(observing, second, data, (size_t)(end - data));
        } else {
            keep(part, data, end ? (size_t)(end - data) : taken);
            if (end || part->len == OUTPUT_LINE)
                tell_part(observing, second);
        }
        taken = end ? (size_t)(end - data) + 1 : taken;
        data += taken;
        len -= taken;
    }
}

void observe_end(struct observing *observing)
{
    for (int second = 0; second < 2; second++) {
        if (observing->observer && observing->parts[second].len > 0)
            tell_part(observing, second);
        ci_mem_free(observing->parts[second].text);
        observing->parts[second] = (struct stream_part){0};
    }
}

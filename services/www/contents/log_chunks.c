/* SPDX-License-Identifier: Apache-2.0 */
#include "contents/log_chunks.h"

#include <string.h>

static const struct ci_field log_about_fields[] = {
    CI_FIELD(struct log_about, builder, 0),
    CI_FIELD(struct log_about, worker, 0),
    CI_FIELD(struct log_about, step, 0),
    CI_FIELD(struct log_about, number, 0),
};
const struct ci_record log_about_record =
    CI_RECORD("log_about", struct log_about, log_about_fields);

/* Where `count` lines after `at` end. */
static const char *skip_lines(const char *at, const char *end, int64_t count)
{
    while (count-- > 0 && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        at = newline ? newline + 1 : end;
    }
    return at;
}

struct ci_bytes log_lines(struct ci_bytes text, int64_t from, int64_t to)
{
    const char *end = (const char *)text.data + text.len;
    const char *start = skip_lines(text.data, end, from);
    const char *stop = skip_lines(start, end, to - from + 1);

    return (struct ci_bytes){start, (size_t)(stop - start)};
}

size_t log_strip(char *text, size_t len)
{
    char *out = text;

    for (const char *at = text, *end = text + len; at < end;) {
        const char *stop = skip_lines(at, end, 1);

        memmove(out, at + 1, (size_t)(stop - at) - 1);
        out += stop - at - 1;
        at = stop;
    }
    return (size_t)(out - text);
}

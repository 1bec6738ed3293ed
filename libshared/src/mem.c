/* SPDX-License-Identifier: Apache-2.0 */
/* talloc whose failures abort, and text that grows. */
#include "shared/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Out of memory: there is no sane way on, and a restarted replica loses nothing. */
static void *or_abort(void *p)
{
    if (!p) {
        (void)!fputs("slipway: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *ci_mem_new(void)
{
    return or_abort(talloc_new(NULL));
}

void ci_mem_free(void *mem)
{
    if (mem)
        talloc_free(mem);
}

void ci_mem_cleanup(void *mem_p)
{
    ci_mem_free(*(void **)mem_p);
}

void *ci_mem_alloc(void *mem, size_t size)
{
    return or_abort(talloc_zero_size(mem, size));
}

void *ci_mem_array_size(void *mem, size_t size, size_t count)
{
    size_t total;

    if (__builtin_mul_overflow(size, count, &total))
        or_abort(NULL);
    return ci_mem_alloc(mem, total);
}

char *ci_mem_strdup(void *mem, const char *text)
{
    return text ? or_abort(talloc_strdup(mem, text)) : NULL;
}

char *ci_mem_strndup(void *mem, const char *text, size_t n)
{
    return or_abort(talloc_strndup(mem, text, n));
}

void *ci_mem_dup(void *mem, const void *data, size_t len)
{
    char *copy = or_abort(talloc_size(mem, len + 1));

    if (len > 0)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

char *ci_mem_printf(void *mem, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = talloc_vasprintf(mem, fmt, args);
    va_end(args);
    return or_abort(text);
}

static int drop_json(json_t **held)
{
    json_decref(*held);
    return 0;
}

json_t *ci_mem_json(void *mem, json_t *json)
{
    json_t **held = ci_mem_zero(mem, json_t *);

    *held = or_abort(json);
    talloc_set_destructor(held, drop_json);
    return json;
}

enum { BUF_FIRST = 256 };

void ci_buf_init(struct ci_buf *buf, void *mem)
{
    *buf = (struct ci_buf){.mem = mem, .cap = BUF_FIRST};
    buf->text = or_abort(talloc_size(mem, BUF_FIRST));
    buf->text[0] = '\0';
}

/* Room for `more` bytes and the final NUL. */
static void reserve(struct ci_buf *buf, size_t more)
{
    size_t need;

    if (__builtin_add_overflow(buf->len, more, &need) || need == SIZE_MAX)
        or_abort(NULL);
    if (need < buf->cap)
        return;
    while (buf->cap <= need)
        buf->cap = buf->cap > SIZE_MAX / 2 ? need + 1 : buf->cap * 2;
    buf->text = or_abort(talloc_realloc_size(buf->mem, buf->text, buf->cap));
}

void ci_buf_add(struct ci_buf *buf, const void *data, size_t len)
{
    reserve(buf, len);
    if (len > 0)
        memcpy(buf->text + buf->len, data, len);
    buf->len += len;
    buf->text[buf->len] = '\0';
}

void ci_buf_puts(struct ci_buf *buf, const char *text)
{
    ci_buf_add(buf, text, strlen(text));
}

void ci_buf_printf(struct ci_buf *buf, const char *fmt, ...)
{
    size_t room = buf->cap - buf->len;
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(buf->text + buf->len, room, fmt, args);
    va_end(args);
    if (n > 0 && (size_t)n >= room) {
        reserve(buf, (size_t)n);
        va_start(args, fmt);
        n = vsnprintf(buf->text + buf->len, buf->cap - buf->len, fmt, args);
        va_end(args);
    }
    if (n > 0)
        buf->len += (size_t)n;
}

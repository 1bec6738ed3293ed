/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talloc with one rule added: running out of memory aborts, so no caller
 * checks for NULL. A context belongs to one thread at a time.
 *
 * `mem` parameters everywhere are talloc contexts; what a function returns
 * "in mem" is freed with it and never on its own.
 */
#pragma once

#include "shared/base.h"

#include <jansson.h>
#include <stdarg.h>
#include <talloc.h>

/* A new top-level context; pair it with CI_AUTO_MEM. */
void *ci_mem_new(void);
void ci_mem_free(void *mem);      /* NULL-safe */
void ci_mem_cleanup(void *mem_p); /* for CI_CLEANUP: takes the variable's address */

/* `CI_AUTO_MEM mem = ci_mem_new();` is freed at the end of its scope. */
#define CI_AUTO_MEM CI_CLEANUP(ci_mem_cleanup) void *

void *ci_mem_alloc(void *mem, size_t size); /* zeroed */
#define ci_mem_zero(mem, T) ((T *)ci_mem_alloc((mem), sizeof(T)))
#define ci_mem_array(mem, T, n) ((T *)ci_mem_array_size((mem), sizeof(T), (n)))
void *ci_mem_array_size(void *mem, size_t size, size_t count); /* zeroed, overflow aborts */

char *ci_mem_strdup(void *mem, const char *text);            /* NULL gives NULL */
char *ci_mem_strndup(void *mem, const char *text, size_t n); /* always NUL-terminated */
void *ci_mem_dup(void *mem, const void *data, size_t len);   /* a NUL follows, not counted */
char *ci_mem_printf(void *mem, const char *fmt, ...) CI_PRINTF(2, 3);

/* Ties one reference of `json` (stolen) to mem; returns it. NULL aborts: jansson had no memory. */
json_t *ci_mem_json(void *mem, json_t *json);

/* Growing text: append, then read .text (always NUL-terminated, never NULL after init). */
struct ci_buf {
    void *mem;
    char *text;
    size_t len, cap;
};
void ci_buf_init(struct ci_buf *buf, void *mem);
void ci_buf_add(struct ci_buf *buf, const void *data, size_t len);
void ci_buf_puts(struct ci_buf *buf, const char *text);
void ci_buf_printf(struct ci_buf *buf, const char *fmt, ...) CI_PRINTF(2, 3);

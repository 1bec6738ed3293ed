/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two secrets and a text, a line each (the text is the rest): no secret stays
 * in it, and each split of it gives the same bytes.
 */
#include "shared/mask.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The text in pieces of `piece` bytes, with an odd first one. */
static void check_split(const struct ci_mask *mask, const char *text, const char *whole,
                        size_t first, size_t piece)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_mask_stream *stream = ci_mask_stream_new(mask, mem);
    size_t len = strlen(text), at = 0;
    struct ci_bytes out;
    struct ci_buf all;

    ci_buf_init(&all, mem);
    for (size_t n = first; at < len; at += n, n = piece) {
        n = n < len - at ? n : len - at;
        out = ci_mask_feed(stream, (struct ci_bytes){ci_mem_dup(mem, text + at, n), n}, mem);
        ci_buf_add(&all, out.data, out.len);
    }
    out = ci_mask_flush(stream, mem);
    ci_buf_add(&all, out.data, out.len);
    require(strcmp(whole, all.text) == 0);
}

/* Cuts the first line off *p. */
static char *take_line(void *mem, char **p)
{
    size_t len = strcspn(*p, "\n");
    char *line = ci_mem_strndup(mem, *p, len);

    *p += len + ((*p)[len] == '\n');
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *rest = ci_mem_strndup(mem, (const char *)data, size);
    const char *first = take_line(mem, &rest), *second = take_line(mem, &rest), *whole;
    json_t *secrets;
    const struct ci_mask *mask;
    struct ci_err err;

    if (!ci_utf8_is_valid(first, strlen(first)) || !ci_utf8_is_valid(second, strlen(second)))
        return 0;
    secrets = ci_mem_json(mem, json_pack("{s:s, s:s}", "A", first, "B", second));
    if (!ci_mask_new(secrets, mem, &mask, &err))
        return 0;
    whole = ci_mask_text(mask, mem, rest);
    /* What replaces a secret may itself complete another, as in "<A>"; only then may one be left.
     */
    if (!strpbrk(first, "<>AB") && !strpbrk(second, "<>AB") && first[strspn(first, " \t\r")] &&
        first[0] != ' ' && first[0] != '\t' && first[0] != '\r')
        require(!strstr(whole, first));
    for (size_t split = 1; split <= strlen(rest) && split <= 64; split++)
        check_split(mask, rest, whole, split, strlen(rest));
    for (size_t piece = 1; piece <= 4; piece++)
        check_split(mask, rest, whole, 3, piece);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From what somebody types to what the statements of a search look for. */
#include "contents/search.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 200, REVISION_MIN = 4, WORDS_MAX = 10 };

/* Cut at TEXT_MAX bytes (not inside a character), blanks around it removed; NULL for nothing. */
static const char *trimmed(const char *text, void *mem)
{
    size_t len;

    if (!text)
        return NULL;
    text += strspn(text, " \t\r\n");
    len = strnlen(text, TEXT_MAX);
    while (len && (text[len] & 0xC0) == 0x80)
        len--;
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len ? ci_mem_strndup(mem, text, len) : NULL;
}

/* A pattern of LIKE that finds what begins with the text. */
static const char *beginning(const char *text, void *mem)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    for (; *text; text++) {
        if (strchr("%_\\", *text))
            ci_buf_add(&buf, "\\", 1);
        ci_buf_add(&buf, text, 1);
    }
    ci_buf_puts(&buf, "%");
    return buf.text;
}

/* What looks like the beginning of a commit's name. */
static bool is_revision(const char *text)
{
    return strlen(text) >= REVISION_MIN && text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

/* "linux/17", "linux #17", "#17", "17". */
static void read_number(const char *text, void *mem, struct search_terms *out)
{
    size_t digits = strlen(text);

    while (digits && isdigit((unsigned char)text[digits - 1]))
        digits--;
    const char *number = text + digits;
    if (!*number || strlen(number) > 18)
        return;
    if (digits && text[digits - 1] != '/' && text[digits - 1] != '#')
        return;
    while (digits && strchr("/# ", text[digits - 1]))
        digits--;
    out->number = strtoll(number, NULL, 10);
    out->builder = digits ? ci_mem_strndup(mem, text, digits) : NULL;
}

/* "linux/17" and "#17" mean a build and no words; "17" may be anything. */
static bool names_build(const struct search_terms *terms)
{
    return terms->number && !isdigit((unsigned char)*terms->text);
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Adds 'word':*<weight> for each word, joined by &; what is between words is what the index drops.
 */
static size_t add_words(struct ci_buf *buf, const char *text, const char *weight, size_t count)
{
    for (const char *at = text; at && *at && count < WORDS_MAX;) {
        size_t len = 0;

        while (*at && !is_letter(*at))
            at++;
        while (is_letter(at[len]))
            len++;
        if (!len)
            break;
        ci_buf_printf(buf, "%s'%.*s':*%s", count++ ? " & " : "", (int)len, at, weight);
        at += len;
    }
    return count;
}

struct search_terms search_terms_of(const char *q, const char *revision, const char *branch,
                                    const char *author, void *mem)
{
    struct search_terms terms = {.text = trimmed(q, mem), .branch = trimmed(branch, mem)};
    struct ci_buf words;

    revision = trimmed(revision, mem);
    if (terms.text) {
        read_number(terms.text, mem, &terms);
        terms.branch_pattern = beginning(terms.text, mem);
    }
    ci_buf_init(&words, mem);
    add_words(&words, trimmed(author, mem), "A",
              names_build(&terms) ? 0 : add_words(&words, terms.text, "", 0));
    terms.words = words.len ? words.text : NULL;
    if (!revision && terms.text && is_revision(terms.text))
        revision = terms.text;
    terms.revision = revision ? beginning(revision, mem) : NULL;
    return terms;
}

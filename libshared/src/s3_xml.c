/* SPDX-License-Identifier: Apache-2.0 */
/* The XML of S3's answers, by expat: an error's code, and a page of a listing. */
#include "s3_internal.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Nothing of S3's nests deeper than <ListBucketResult><Contents><Owner><ID>. */
enum { MAX_DEPTH = 8, TEXT_MAX = 8192 };

/* What is between the tags of the innermost element, and where that stands. */
struct reader {
    XML_Parser parser;
    void *mem;
    const char *path[MAX_DEPTH];
    int depth;
    struct ci_buf text;
    bool bad;
    /* Called at the end of each element with the names of its parent and itself, and its text. */
    void (*leaf)(struct reader *reader, const char *parent, const char *name, const char *text);
    void *user;
};

static void stop(struct reader *reader)
{
    reader->bad = true;
    XML_StopParser(reader->parser, XML_FALSE);
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    struct reader *reader = user;

    (void)attributes;
    if (reader->depth == MAX_DEPTH) {
        stop(reader);
        return;
    }
    reader->path[reader->depth++] = ci_mem_strdup(reader->mem, name);
    reader->text.len = 0;
    reader->text.text[0] = '\0';
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct reader *reader = user;

    reader->depth--;
    reader->leaf(reader, reader->depth ? reader->path[reader->depth - 1] : "", name,
                 reader->text.text);
    reader->text.len = 0;
    reader->text.text[0] = '\0';
}

static void XMLCALL on_text(void *user, const char *text, int len)
{
    struct reader *reader = user;

    if (reader->text.len + (size_t)len > TEXT_MAX)
        stop(reader);
    else
        ci_buf_add(&reader->text, text, (size_t)len);
}

/* S3 sends no document type, and entities are best not begun with. */
static void XMLCALL on_doctype(void *user, const char *name, const char *system_id,
                               const char *public_id, int has_internal)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal;
    stop(user);
}

static bool read_xml(struct reader *reader, struct ci_bytes xml)
{
    bool fine;

    if (!xml.len || xml.len > CI_S3_MAX)
        return false;
    reader->parser = XML_ParserCreate(NULL);
    if (!reader->parser)
        abort();
    ci_buf_init(&reader->text, reader->mem);
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    fine = XML_Parse(reader->parser, xml.data, (int)xml.len, XML_TRUE) == XML_STATUS_OK;
    XML_ParserFree(reader->parser);
    return fine && !reader->bad;
}

/* ---- an error ---- */

static void take_error(struct reader *reader, const char *parent, const char *name,
                       const char *text)
{
    const char **code = reader->user;

    if (strcmp(parent, "Error") == 0 && strcmp(name, "Code") == 0)
        *code = ci_mem_strndup(reader->mem, text, 64);
}

/* It goes into messages and logs: a word, whatever the other side sends. */
static bool is_word(const char *text)
{
    return *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789._-")];
}

const char *s3_error_code(struct ci_bytes xml, void *mem)
{
    const char *code = NULL;
    struct reader reader = {.mem = mem, .leaf = take_error, .user = &code};

    return read_xml(&reader, xml) && code && is_word(code) ? code : NULL;
}

/* ---- a page ---- */

struct page_reader {
    struct s3_page *page;
    struct ci_s3_object object; /* the <Contents> being read */
    bool truncated, complete;
};

/* "2026-01-02T03:04:05.000Z", whole seconds of it; 0 when it is none. */
static struct ci_time read_time(const char *text)
{
    struct tm tm = {0};

    if (!strptime(text, "%Y-%m-%dT%H:%M:%S", &tm))
        return (struct ci_time){0};
    return (struct ci_time){(int64_t)timegm(&tm) * 1000000};
}

static void add_object(struct reader *reader, struct page_reader *into)
{
    struct s3_page *page = into->page;

    if (page->count == page->cap) {
        size_t cap = page->cap ? page->cap * 2 : 64;
        struct ci_s3_object *longer = ci_mem_array(reader->mem, struct ci_s3_object, cap);

        if (page->count)
            memcpy(longer, page->objects, page->count * sizeof(*longer));
        page->objects = longer;
        page->cap = cap;
    }
    page->objects[page->count++] = into->object;
    into->object = (struct ci_s3_object){0};
}

static void take_contents(struct reader *reader, struct page_reader *into, const char *name,
                          const char *text)
{
    char *end = NULL;

    if (strcmp(name, "Key") == 0) {
        into->object.key = ci_mem_strdup(reader->mem, text);
    } else if (strcmp(name, "LastModified") == 0) {
        into->object.modified = read_time(text);
    } else if (strcmp(name, "Size") == 0) {
        into->object.size = strtoull(text, &end, 10);
        reader->bad = reader->bad || !*text || *end;
    }
}

static void take_page(struct reader *reader, const char *parent, const char *name, const char *text)
{
    struct page_reader *into = reader->user;

    if (strcmp(parent, "Contents") == 0) {
        take_contents(reader, into, name, text);
    } else if (strcmp(parent, "ListBucketResult") == 0) {
        if (strcmp(name, "Contents") == 0 && into->object.key)
            add_object(reader, into);
        else if (strcmp(name, "IsTruncated") == 0)
            into->truncated = strcmp(text, "true") == 0;
        else if (strcmp(name, "NextContinuationToken") == 0)
            into->page->next = ci_mem_strdup(reader->mem, text);
    } else if (!*parent) {
        into->complete = strcmp(name, "ListBucketResult") == 0;
    }
}

bool s3_page_parse(struct ci_bytes xml, void *mem, struct s3_page *out, struct ci_err *err)
{
    struct page_reader into = {.page = out};
    struct reader reader = {.mem = mem, .leaf = take_page, .user = &into};

    *out = (struct s3_page){0};
    if (!read_xml(&reader, xml) || !into.complete)
        return ci_fail(err, CI_EUNAVAILABLE, "the answer is no list of objects");
    if (into.truncated && !(out->next && *out->next))
        return ci_fail(err, CI_EUNAVAILABLE, "the list of objects does not say how it goes on");
    if (!into.truncated)
        out->next = NULL;
    return true;
}

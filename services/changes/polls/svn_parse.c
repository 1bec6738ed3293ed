/* SPDX-License-Identifier: Apache-2.0 */
/* svn's XML by expat, and Buildbot's split_file functions (buildbot/changes/svnpoller.py). */
#include "hooks/hook.h"
#include "polls/poll.h"
#include "polls/svn.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 8 }; /* <log><logentry><paths><path> */

struct reader {
    XML_Parser parser;
    void *mem;
    struct ci_buf text; /* of the innermost element */
    int depth;
    bool bad;
    struct svn_info *info; /* or NULL */
    struct svn_entry *entries;
    size_t count;
};

static const char *attribute(const char *const *attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return "";
}

static struct svn_entry *last_entry(struct reader *reader)
{
    return reader->count ? &reader->entries[reader->count - 1] : NULL;
}

static void begin_entry(struct reader *reader, const char *const *attributes)
{
    reader->entries =
        poll_room(reader->entries, sizeof(*reader->entries), reader->count, reader->mem);
    reader->entries[reader->count++] = (struct svn_entry){
        .revision = strtoll(attribute(attributes, "revision"), NULL, 10),
        .author = "",
        .comments = "",
    };
}

static void begin_path(struct reader *reader, const char *const *attributes)
{
    struct svn_entry *entry = last_entry(reader);

    if (!entry) {
        reader->bad = true;
        return;
    }
    entry->paths = poll_room(entry->paths, sizeof(*entry->paths), entry->path_count, reader->mem);
    entry->paths[entry->path_count++] = (struct svn_path){
        .action = ci_mem_strdup(reader->mem, attribute(attributes, "action")), .path = ""};
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    struct reader *reader = user;

    reader->text.len = 0;
    reader->text.text[0] = '\0';
    if (++reader->depth > MAX_DEPTH) {
        reader->bad = true;
        XML_StopParser(reader->parser, XML_FALSE);
    } else if (strcmp(name, "logentry") == 0) {
        begin_entry(reader, attributes);
    } else if (strcmp(name, "path") == 0) {
        begin_path(reader, attributes);
    } else if (strcmp(name, "entry") == 0 && reader->info) {
        reader->info->revision = strtoll(attribute(attributes, "revision"), NULL, 10);
    }
}

static void end_info(struct svn_info *info, const char *name, const char *text)
{
    if (strcmp(name, "url") == 0)
        info->url = text;
    else if (strcmp(name, "root") == 0)
        info->root = text;
}

static void end_entry(struct svn_entry *entry, const char *name, const char *text)
{
    if (strcmp(name, "author") == 0)
        entry->author = text;
    else if (strcmp(name, "msg") == 0)
        entry->comments = text;
    else if (strcmp(name, "date") == 0)
        (void)hook_parse_time(text, &entry->when);
    else if (strcmp(name, "path") == 0 && entry->path_count > 0)
        entry->paths[entry->path_count - 1].path = text;
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct reader *reader = user;
    const char *text = ci_mem_strndup(reader->mem, reader->text.text, reader->text.len);

    reader->depth--;
    reader->text.len = 0;
    reader->text.text[0] = '\0';
    if (reader->info)
        end_info(reader->info, name, text);
    else if (last_entry(reader))
        end_entry(last_entry(reader), name, text);
}

static void XMLCALL on_text(void *user, const char *text, int len)
{
    struct reader *reader = user;

    ci_buf_add(&reader->text, text, (size_t)len);
}

/* No document of svn's declares entities: whoever does is not svn. */
static void XMLCALL on_doctype(void *user, const char *name, const char *system_id,
                               const char *public_id, int internal)
{
    struct reader *reader = user;

    (void)name;
    (void)system_id;
    (void)public_id;
    (void)internal;
    reader->bad = true;
    XML_StopParser(reader->parser, XML_FALSE);
}

static bool parse(struct reader *reader, struct ci_bytes text, const char *what, struct ci_err *err)
{
    bool ok;

    ci_buf_init(&reader->text, reader->mem);
    ci_buf_puts(&reader->text, "");
    reader->parser = XML_ParserCreate(NULL);
    if (!reader->parser)
        abort();
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    ok = XML_Parse(reader->parser, text.data, (int)text.len, 1) == XML_STATUS_OK && !reader->bad;
    XML_ParserFree(reader->parser);
    return ok || ci_fail(err, CI_EINTERNAL, "svn %s printed what it should not", what);
}

bool svn_parse_info(struct ci_bytes text, void *mem, struct svn_info *out, struct ci_err *err)
{
    struct svn_info info = {0};
    struct reader reader = {.mem = mem, .info = &info};

    if (!parse(&reader, text, "info", err))
        return false;
    if (!info.url || !info.root || strncmp(info.url, info.root, strlen(info.root)) != 0)
        return ci_fail(err, CI_EINTERNAL, "svn info printed what it should not");
    *out = info;
    return true;
}

bool svn_parse_log(struct ci_bytes text, void *mem, struct ci_list *out, struct ci_err *err)
{
    struct reader reader = {.mem = mem};

    if (!parse(&reader, text, "log", err))
        return false;
    *out = (struct ci_list){reader.entries, reader.count};
    return true;
}

const char *svn_below(const char *prefix, const char *path)
{
    size_t len = strlen(prefix);

    if (strncmp(prefix, path, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;
    return path[len] == '/' ? path + len + 1 : path + len;
}

/* trunk/FILE and branches/NAME/FILE; what is neither (tags) is nothing. */
static bool split_branches(const char *path, void *mem, struct svn_place *out)
{
    size_t first = strcspn(path, "/"), second;
    const char *name;

    if (first == 5 && strncmp(path, "trunk", 5) == 0) {
        *out = (struct svn_place){.file = path[first] ? path + first + 1 : ""};
        return true;
    }
    if (first != 8 || strncmp(path, "branches/", 9) != 0)
        return false;
    name = path + 9;
    second = strcspn(name, "/");
    if (second == 0)
        return false;
    *out = (struct svn_place){.branch = ci_mem_printf(mem, "branches/%.*s", (int)second, name),
                              .file = name[second] ? name + second + 1 : ""};
    return true;
}

static bool split_projects(const char *path, void *mem, struct svn_place *out)
{
    size_t len = strcspn(path, "/");

    if (len == 0 || path[len] != '/' || !split_branches(path + len + 1, mem, out))
        return false;
    out->project = ci_mem_strndup(mem, path, len);
    return true;
}

bool svn_split(enum ci_svn_split split, const char *path, void *mem, struct svn_place *out)
{
    switch (split) {
    case CI_SVN_BRANCHES:
        return split_branches(path, mem, out);
    case CI_SVN_PROJECTS_BRANCHES:
        return split_projects(path, mem, out);
    case CI_SVN_ALWAYS_TRUNK:
        break;
    }
    *out = (struct svn_place){.file = path};
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What git prints, as structs. */
#include "git.h"

#include "shared/utf8.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool wants(const struct ci_change_source *source, const char *branch, const char *head)
{
    if (source->all_branches)
        return true;
    if (source->branches.count == 0)
        return head && strcmp(branch, head) == 0;
    for (size_t i = 0; i < source->branches.count; i++)
        if (fnmatch(source->branches.items[i], branch, 0) == 0)
            return true;
    return false;
}

/* "ref: refs/heads/main\tHEAD" names the default branch. */
static const char *head_branch(const char *text, void *mem)
{
    static const char mark[] = "ref: refs/heads/";
    const char *found = strncmp(text, mark, strlen(mark)) == 0 ? text : strstr(text, "\nref: refs/heads/");

    if (!found)
        return NULL;
    found = strstr(found, mark) + strlen(mark);
    return ci_mem_strndup(mem, found, strcspn(found, "\t\n"));
}

void git_parse_tips(const char *text, const struct ci_change_source *source, void *mem,
                    struct ci_list *out)
{
    static const char heads[] = "\trefs/heads/";
    const char *head = head_branch(text, mem);
    size_t lines = 1, n = 0;
    struct git_tip *tips;

    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    tips = ci_mem_array(mem, struct git_tip, lines);
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        char *copy = ci_mem_strndup(mem, line, len);
        char *ref = strstr(copy, heads);

        if (ref && ref > copy && strncmp(copy, "ref:", 4) != 0) {
            const char *branch = ref + strlen(heads);

            *ref = '\0';
            if (ci_utf8_is_valid(branch, strlen(branch)) && wants(source, branch, head))
                tips[n++] = (struct git_tip){branch, copy};
        }
        line += len + (line[len] == '\n');
    }
    *out = (struct ci_list){tips, n};
}

/* A walk over NUL-ended tokens. */
struct tokens {
    const char *at, *end;
};

static const char *next_token(struct tokens *tokens, size_t *len)
{
    const char *start = tokens->at;

    if (start >= tokens->end)
        return NULL;
    *len = strnlen(start, (size_t)(tokens->end - start));
    tokens->at = start + *len + 1;
    return start;
}

static const char *clean_token(struct tokens *tokens, void *mem)
{
    size_t len;
    const char *token = next_token(tokens, &len);

    return token ? ci_utf8_clean(mem, token, len) : NULL;
}

static size_t count_files(struct tokens tokens)
{
    size_t n = 0, len;

    while (next_token(&tokens, &len) && len > 0)
        n++;
    return n;
}

/* The first file's token begins with the newline that git puts before the list. */
static void read_files(struct tokens *tokens, void *mem, struct ci_strs *out)
{
    size_t count, n = 0, len;
    const char **files, *token;

    if (tokens->at >= tokens->end || *tokens->at != '\n')
        return;
    tokens->at++;
    count = count_files(*tokens);
    files = ci_mem_array(mem, const char *, count);
    while (n < count && (token = next_token(tokens, &len)))
        files[n++] = ci_utf8_clean(mem, token, len);
    *out = (struct ci_strs){files, n};
}

static bool read_commit(struct tokens *tokens, void *mem, struct git_commit *out)
{
    const char *when;
    size_t len;
    char *end;

    out->revision = clean_token(tokens, mem);
    out->author = clean_token(tokens, mem);
    out->committer = clean_token(tokens, mem);
    when = clean_token(tokens, mem);
    out->comments = clean_token(tokens, mem);
    if (!out->comments || !next_token(tokens, &len) || len != 0)
        return false;
    out->when.us = strtoll(when, &end, 10) * 1000000;
    end = strrchr(out->comments, '\n'); /* git ends the message with a newline */
    if (end && end[1] == '\0')
        *end = '\0';
    read_files(tokens, mem, &out->files);
    return strlen(out->revision) >= 40;
}

bool git_parse_log(struct ci_bytes text, void *mem, struct ci_list *out, struct ci_err *err)
{
    struct tokens tokens = {text.data, (const char *)text.data + text.len};
    struct git_commit *commits = NULL;
    size_t n = 0, size = 0;

    for (;;) {
        while (tokens.at < tokens.end && *tokens.at == '\0')
            tokens.at++;
        if (tokens.at >= tokens.end)
            break;
        if (n == size) {
            size = size ? 2 * size : 16;
            commits = talloc_realloc(mem, commits, struct git_commit, (unsigned)size);
        }
        commits[n] = (struct git_commit){0};
        if (!read_commit(&tokens, mem, &commits[n]))
            return ci_fail(err, CI_EINTERNAL, "git log printed what it should not");
        n++;
    }
    *out = (struct ci_list){commits, n};
    return true;
}

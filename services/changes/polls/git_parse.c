/* SPDX-License-Identifier: Apache-2.0 */
/* What git prints, as structs. */
#include "polls/git.h"
#include "shared/utf8.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 500 }; /* longer ones fit no index */

/* What ls-remote printed. */
struct remote {
    struct git_tip *tips;
    size_t count;
    const char *head;          /* the branch that HEAD names, or NULL */
    const char *head_revision; /* or NULL */
};

/* "ref: refs/heads/main<tab>HEAD", "<revision><tab>HEAD" and "<revision><tab>refs/heads/main". */
static void read_line(char *line, struct remote *remote)
{
    static const char ref[] = "ref: refs/heads/", heads[] = "refs/heads/";
    char *tab = strchr(line, '\t'), *name = tab ? tab + 1 : NULL;

    if (!tab)
        return;
    *tab = '\0';
    if (strncmp(line, "ref: ", 5) == 0) {
        if (strcmp(name, "HEAD") == 0 && strncmp(line, ref, strlen(ref)) == 0)
            remote->head = line + strlen(ref);
    } else if (strcmp(name, "HEAD") == 0) {
        remote->head_revision = line;
    } else if (strncmp(name, heads, strlen(heads)) == 0) {
        name += strlen(heads);
        if (strlen(name) <= NAME_MAX_BYTES && ci_utf8_is_valid(name, strlen(name)))
            remote->tips[remote->count++] = (struct git_tip){name, line};
    }
}

static struct remote read_remote(const char *text, void *mem)
{
    struct remote remote = {0};
    size_t lines = 1;

    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    remote.tips = ci_mem_array(mem, struct git_tip, lines);
    while (*text) {
        size_t len = strcspn(text, "\n");

        read_line(ci_mem_strndup(mem, text, len), &remote);
        text += len + (text[len] == '\n');
    }
    return remote;
}

static const char *head_of(const struct remote *remote)
{
    static const char *const usual[] = {"main", "master"};
    const char *first = NULL;

    if (remote->head || !remote->head_revision)
        return remote->head;
    for (size_t i = 0; i < remote->count; i++) {
        const struct git_tip *tip = &remote->tips[i];

        if (strcmp(tip->revision, remote->head_revision) != 0)
            continue;
        for (size_t k = 0; k < CI_COUNT(usual); k++)
            if (strcmp(tip->branch, usual[k]) == 0)
                return tip->branch;
        first = first ? first : tip->branch;
    }
    return first;
}

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

void git_parse_tips(const char *text, const struct ci_change_source *source, void *mem,
                    struct ci_list *out)
{
    const struct remote remote = read_remote(text, mem);
    const char *head = head_of(&remote);
    size_t n = 0;

    for (size_t i = 0; i < remote.count; i++)
        if (wants(source, remote.tips[i].branch, head))
            remote.tips[n++] = remote.tips[i];
    *out = (struct ci_list){remote.tips, n};
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
    out->when = change_time(strtoll(when, NULL, 10));
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
            struct git_commit *more = ci_mem_array(mem, struct git_commit, size = 2 * size + 16);

            for (size_t i = 0; i < n; i++)
                more[i] = commits[i];
            talloc_free(commits);
            commits = more;
        }
        commits[n] = (struct git_commit){0};
        if (!read_commit(&tokens, mem, &commits[n]))
            return ci_fail(err, CI_EINTERNAL, "git log printed what it should not");
        n++;
    }
    *out = (struct ci_list){commits, n};
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a web hook's delivery: the first line is event, Content-Type
 * and signature, parted by blanks; the rest is the body. What is taken is text
 * that can be stored.
 */
#include "hook.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_text(const char *text)
{
    if (text && !ci_utf8_is_valid(text, strlen(text)))
        abort();
}

static void check_change(const struct new_change *change)
{
    require_text(change->author);
    require_text(change->committer);
    require_text(change->comments);
    require_text(change->revision);
    require_text(change->branch);
    require_text(change->repository);
    require_text(change->project);
    require_text(change->category);
    require_text(change->revlink);
    for (size_t i = 0; i < change->files.count; i++)
        require_text(change->files.items[i]);
    if (change->when.us == 0)
        abort();
}

static void try_reader(hook_reader *read, const struct hook *hook)
{
    struct delivery out = {0};
    struct ci_err err;

    if (read(hook, &out, &err))
        for (size_t i = 0; i < out.count; i++)
            check_change(&out.changes[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *text = ci_mem_dup(mem, data, size), *end = memchr(text, '\n', size);
    char *line = ci_mem_strndup(mem, text, end ? (size_t)(end - text) : size), *rest = line;
    const struct ci_pair headers[] = {
        {"x-github-event",      strsep(&rest, " ")},
        {"content-type",        strsep(&rest, " ")},
        {"x-hub-signature-256", strsep(&rest, " ")},
    };
    struct ci_request request = {.mem = mem, .now = {1}, .method = "POST"};
    const struct ci_config open = {0};
    const struct ci_config closed = {
        .web_hooks = {.github_secret = {CI_SECRET_LITERAL, "secret"}, .github_strict = true}
    };
    struct hook hook = {.config = &open, .request = &request};
    struct ci_time when;

    for (size_t n = 0; n < CI_COUNT(headers) && headers[n].value; n++)
        request.headers = (struct ci_pairs){headers, n + 1};
    if (end)
        request.raw = (struct ci_bytes){end + 1, size - (size_t)(end + 1 - text)};
    try_reader(hook_read_base, &hook);
    try_reader(hook_read_github, &hook);
    hook.config = &closed;
    try_reader(hook_read_github, &hook);
    (void)hook_parse_time(text, &when);
    return 0;
}

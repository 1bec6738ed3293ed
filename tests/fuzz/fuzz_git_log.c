/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what git prints: commits have all their fields, tips their names. */
#include "polls/git.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_text(const char *text)
{
    if (!text || !ci_utf8_is_valid(text, strlen(text)))
        abort();
}

static void check_commit(const struct git_commit *commit)
{
    require_text(commit->revision);
    require_text(commit->author);
    require_text(commit->committer);
    require_text(commit->comments);
    for (size_t i = 0; i < commit->files.count; i++)
        require_text(commit->files.items[i]);
    if (commit->when.us <= 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ci_change_source all = {.all_branches = true}, head = {0};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list out = {0};
    struct ci_err err;

    if (git_parse_log((struct ci_bytes){data, size}, mem, &out, &err))
        CI_FOREACH(const struct git_commit, commit, out)
            check_commit(commit);
    git_parse_tips(ci_mem_dup(mem, data, size), &head, mem, &out);
    git_parse_tips(ci_mem_dup(mem, data, size), &all, mem, &out);
    CI_FOREACH(const struct git_tip, tip, out)
        require_text(tip->branch);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a web hook's delivery, to every dialect: the first line is
 * event, Content-Type and signature, parted by blanks; the rest is the body.
 * What is taken is text that can be stored.
 */
#include "hooks/hook.h"
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
    require_text(change->codebase);
    require_text(change->revlink);
    for (size_t i = 0; i < change->files.count; i++)
        require_text(change->files.items[i]);
    if (change->when.us == 0)
        abort();
}

static const char *const dialects[] = {"base",    "bitbucket", "bitbucketcloud", "bitbucketserver",
                                       "forgejo", "gerrit",    "gitea",          "github",
                                       "gitlab",  "gogs",      "poller"};

static void try_dialect(const char *name, struct hook *hook)
{
    const struct hook_dialect *dialect = hook_dialect(name);
    struct delivery out = {0};
    const char *secret;
    struct ci_err err;
    bool proven;

    hook->options = &hook->config->web_hooks.hooks[dialect->id];
    if (!hook_secret(hook, &secret, &err) || !hook_prove(hook, dialect, secret, &proven, &err) ||
        !hook_read(dialect, hook, &out, &err))
        return;
    for (size_t i = 0; i < out.count; i++)
        check_change(&out.changes[i]);
    require_text(out.repository);
}

static struct ci_config *config_of(const char *yaml, void *mem)
{
    struct ci_config *config = NULL;
    struct ci_list problems;

    if (!ci_config_parse("fuzz", yaml, strlen(yaml), mem, &config, &problems))
        abort();
    return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char open[] =
        "web_hooks: {github: {github_property_whitelist: ['*']}, gitea: "
        "{gitea_property_whitelist: ['gitea.r*']}, bitbucketcloud: "
        "{bitbucket_property_whitelist: ['*']}, gerrit: {git_base_url: 'ssh://g/', handled_events: "
        "[patchset-created, ref-updated, change-merged]}}\n"
        "change_sources: [{type: git_poller, repository: https://github.com/Codertocat/Hello-World}]\n";
    static const char closed[] =
        "web_hooks: {github: {secret: s, sha1: true}, gitlab: {secret: s}, gitea: {secret: s}, "
        "bitbucketserver: {secret: s}}\n";
    static const char *const events[] = {"x-github-event",  "x-gitlab-event", "x-gitea-event",
                                         "x-forgejo-event", "x-gogs-event",   "x-event-key"};
    static const char *const proofs[] = {"x-hub-signature-256", "x-hub-signature", "x-gitlab-token",
                                         "x-gitea-signature"};
    CI_AUTO_MEM mem = ci_mem_new();
    const char *text = ci_mem_dup(mem, data, size), *end = memchr(text, '\n', size);
    char *line = ci_mem_strndup(mem, text, end ? (size_t)(end - text) : size), *rest = line;
    const char *event = strsep(&rest, " "), *type = strsep(&rest, " "), *proof = strsep(&rest, " ");
    struct ci_pair headers[16];
    struct ci_request request = {.mem = mem, .now = {1}, .method = "POST"};
    const struct ci_pair query[] = {
        {"codebase", line},
        {"project",  line},
        {"poller",   line}
    };
    struct hook hook = {.request = &request};
    struct ci_time when;
    size_t count = 0;

    for (size_t i = 0; event && *event && i < CI_COUNT(events); i++)
        headers[count++] = (struct ci_pair){events[i], event};
    for (size_t i = 0; proof && i < CI_COUNT(proofs); i++)
        headers[count++] = (struct ci_pair){proofs[i], proof};
    if (type)
        headers[count++] = (struct ci_pair){"content-type", type};
    request.query = (struct ci_pairs){query, CI_COUNT(query)};
    request.headers = (struct ci_pairs){headers, count};
    if (end)
        request.raw = (struct ci_bytes){end + 1, size - (size_t)(end + 1 - text)};
    for (int signed_ones = 0; signed_ones < 2; signed_ones++) {
        hook.config = config_of(signed_ones ? closed : open, mem);
        for (size_t i = 0; i < CI_COUNT(dialects); i++)
            try_dialect(dialects[i], &hook);
    }
    (void)hook_parse_time(text, &when);
    return 0;
}

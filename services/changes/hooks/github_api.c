/* SPDX-License-Identifier: Apache-2.0 */
/* Two calls at most a page of files each, under one deadline. */
#include "hooks/github_api.h"

#include "hooks/hook_json.h"
#include "shared/clock.h"
#include "shared/http_client.h"

#include <string.h>

enum { PAGE = 100, PAGES = 3, REPLY_MAX = 8 << 20 };

struct asking {
    struct ci_client *client;
    const char *api, *token;
    struct ci_mono until;
    void *mem;
};

static void close_client(struct ci_client *const *client)
{
    ci_client_close(*client);
}

/* "owner/name" of what GitHub allows in them, and an object's id: nothing that could leave the
 * path. */
static bool fits_a_path(const struct hook_pull *pull)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    const char *slash = strchr(pull->repository, '/');
    size_t owner = strspn(pull->repository, plain);

    return slash && pull->repository + owner == slash && owner > 0 && slash[1] &&
           slash[1 + strspn(slash + 1, plain)] == '\0' && strcmp(slash + 1, "..") != 0 &&
           strcmp(slash + 1, ".") != 0 && strncmp(pull->repository, "../", 3) != 0 &&
           strncmp(pull->repository, "./", 2) != 0 && pull->revision && *pull->revision &&
           pull->revision[strspn(pull->revision, "0123456789abcdef")] == '\0';
}

static bool ask(const struct asking *asking, const char *path, json_t **out, struct ci_err *err)
{
    static const struct ci_pair accept[] = {
        {"accept", "application/vnd.github+json"},
    };
    int64_t left = asking->until.us - ci_mono_now().us;
    struct ci_reply reply = {0};
    const struct ci_call call = {
        .url = ci_mem_printf(asking->mem, "%s%s", asking->api, path),
        .bearer = asking->token,
        .headers = {accept, CI_COUNT(accept)},
        .timeout = {left     },
        .max_reply = REPLY_MAX,
    };

    if (left <= 0)
        return ci_fail(err, CI_EUNAVAILABLE, "the API took too long");
    if (!ci_client_expect(asking->client, &call, asking->mem, &reply, err))
        return false;
    *out = reply.json;
    return reply.json || ci_fail(err, CI_EUNAVAILABLE, "the API answered without JSON");
}

static size_t add_files(json_t *page, const char **files, size_t count)
{
    json_t *file;
    size_t i;

    json_array_foreach(page, i, file) {
        const char *name = hook_text(file, "filename"),
                   *former = hook_text(file, "previous_filename");

        if (name && i < PAGE)
            files[count++] = name;
        if (former && i < PAGE)
            files[count++] = former;
    }
    return count;
}

static bool ask_files(const struct asking *asking, const struct hook_pull *pull,
                      struct ci_strs *out, struct ci_err *err)
{
    const char **files = ci_mem_array(asking->mem, const char *, (size_t)2 * PAGE * PAGES);
    size_t count = 0;

    for (int page = 1; page <= PAGES; page++) {
        const char *path =
            ci_mem_printf(asking->mem, "/repos/%s/pulls/%lld/files?per_page=%d&page=%d",
                          pull->repository, pull->number, (int)PAGE, page);
        json_t *list = NULL;

        if (!ask(asking, path, &list, err))
            return false;
        count = add_files(list, files, count);
        if (json_array_size(list) < PAGE)
            break;
    }
    *out = (struct ci_strs){files, count};
    return true;
}

bool github_pull_facts(const char *api, const char *token, const struct hook_pull *pull, void *mem,
                       struct github_facts *out, struct ci_err *err)
{
    static const struct ci_client_options options = {
        .user_agent = "slipway-changes/" SLIPWAY_VERSION, .connect_timeout = {2000000}};
    struct asking asking = {.api = api, .token = token, .mem = mem, .until = ci_mono_now()};
    CI_CLEANUP(close_client)
    struct ci_client *client = NULL;
    json_t *commit = NULL;
    const char *path;

    if (!fits_a_path(pull))
        return ci_fail(err, CI_EINVALID, "the pull request has odd names");
    asking.until.us += GITHUB_API_SECONDS * INT64_C(1000000);
    path = ci_mem_printf(mem, "/repos/%s/commits/%s", pull->repository, pull->revision);
    if (!ci_client_open(&options, &client, err))
        return false;
    asking.client = client;
    if (!ask(&asking, path, &commit, err) || !ask_files(&asking, pull, &out->files, err))
        return false;
    out->message = hook_text(commit, "commit.message");
    return true;
}

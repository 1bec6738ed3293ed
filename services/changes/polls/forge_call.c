/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of a forge's API: paths, pages, rate limits. */
#include "polls/forge.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { REPLY_MAX = 32 << 20, LIMIT_SECONDS = 60 };

/* ---- paths ---- */

static const char *value_of(const struct forge_look *look, const char *name, size_t len)
{
    const struct ci_forge_poller *source = &look->poll->source->forge;
    void *mem = look->mem;
    const char *path = ci_mem_printf(mem, "%s/%s", source->owner, source->repo);
    const char *page = ci_mem_printf(mem, "%d", look->page);
    const char *start = ci_mem_printf(mem, "%lld", (long long)look->start);
    const struct {
        const char *name, *value;
        bool slashes;
    } values[] = {
        {"owner",    source->owner,  true },
        {"repo",     source->repo,   false},
        {"path",     path,           false},
        {"number",   look->number,   false},
        {"revision", look->revision, false},
        {"project",  look->project,  true },
        {"page",     page,           false},
        {"start",    start,          false},
    };

    for (size_t i = 0; i < CI_COUNT(values); i++)
        if (strlen(values[i].name) == len && memcmp(values[i].name, name, len) == 0)
            return ci_url_encode(mem, values[i].value ? values[i].value : "", values[i].slashes);
    return "";
}

static const char *address_of(const struct forge_look *look, const char *path)
{
    struct ci_buf url;

    ci_buf_init(&url, look->mem);
    ci_buf_puts(&url, look->poll->source->forge.base_url);
    ci_buf_puts(&url, look->forge->api);
    while (*path) {
        size_t plain = strcspn(path, "{"), len;

        ci_buf_add(&url, path, plain);
        path += plain;
        if (!*path)
            break;
        len = strcspn(path, "}");
        ci_buf_puts(&url, value_of(look, path + 1, len - 1));
        path += len + 1;
    }
    return url.text;
}

/* ---- limits ---- */

static bool number_of(const struct ci_reply *reply, const char *name, int64_t *out)
{
    const char *text = ci_pairs_get(reply->headers, name);
    char *end;

    if (!text || !*text)
        return false;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && *out >= 0;
}

static struct ci_time seconds_of(int64_t seconds)
{
    return change_time(seconds);
}

/* Until when no more calls are wanted; 0: they are. */
static struct ci_time limit_of(const struct poll *poll, const struct ci_reply *reply)
{
    const char *after = ci_pairs_get(reply->headers, "retry-after");
    static const struct {
        const char *remaining, *reset;
    } names[] = {
        {"x-ratelimit-remaining", "x-ratelimit-reset"}, /* GitHub */
        {"ratelimit-remaining",   "ratelimit-reset"  }, /* GitLab */
    };
    int64_t number, reset;

    if (number_of(reply, "retry-after", &number))
        return seconds_of(poll->now.us / 1000000 + (number < 1000000 ? number : 1000000));
    if (after && (number = (int64_t)curl_getdate(after, NULL)) > 0)
        return seconds_of(number);
    for (size_t i = 0; i < CI_COUNT(names); i++)
        if (number_of(reply, names[i].remaining, &number) && number == 0 &&
            number_of(reply, names[i].reset, &reset))
            return seconds_of(reset);
    return (struct ci_time){0};
}

static bool refuse(struct poll *poll, const struct ci_reply *reply, struct ci_err *err)
{
    bool limited = reply->status == 429 || (reply->status == 403 && poll->not_before.us);

    if (reply->status == 429 && !poll->not_before.us)
        poll->not_before = ci_time_add(poll->now, ci_seconds(LIMIT_SECONDS));
    if (limited)
        return ci_fail(err, CI_EUNAVAILABLE, "the rate limit is reached (%d)", reply->status);
    if (reply->status == 401 || reply->status == 403)
        return ci_fail(err, CI_EDENIED, "the token is missing, wrong or may not do this (%d)",
                       reply->status);
    if (reply->status == 404)
        return ci_fail(err, CI_ENOTFOUND, "there is no such repository for this token (404)");
    if (reply->status >= 300 && reply->status < 400)
        return ci_fail(err, CI_EINVALID, "it has moved (%d)", reply->status);
    return ci_fail(err, reply->status >= 500 ? CI_EUNAVAILABLE : CI_EINVALID,
                   "the forge answered %d", reply->status);
}

/* ---- calls ---- */

bool forge_get(struct forge_look *look, const char *path, const char *etag, struct ci_reply *reply,
               struct ci_err *err)
{
    struct poll *poll = look->poll;
    const struct ci_forge_poller *source = &poll->source->forge;
    const struct ci_pair headers[] = {
        {"Accept",        look->forge->accept},
        {"If-None-Match", etag               },
    };
    const struct ci_pairs given = {headers, etag ? 2 : 1};
    const struct ci_call call = {
        .url = address_of(look, path),
        .bearer = source->api_user ? NULL : poll->secret,
        .basic_user = source->api_user,
        .basic_password = poll->secret,
        .headers = given,
        .timeout = poll->source->timeout,
        .max_reply = REPLY_MAX,
        .abort = poll->abort,
    };
    struct ci_time limit;

    if (!ci_client_call(look->client, &call, look->mem, reply, err))
        return false;
    limit = limit_of(poll, reply);
    if (limit.us > poll->not_before.us)
        poll->not_before = limit;
    if (reply->status == 304 && etag)
        return true;
    if (reply->status != 200)
        return refuse(poll, reply, err);
    return reply->json || ci_fail(err, CI_EUNAVAILABLE, "the forge answered no JSON");
}

static bool has_next(struct forge_look *look, const struct ci_reply *reply, size_t count)
{
    const char *link = ci_pairs_get(reply->headers, "link");
    const json_t *start;

    switch (look->forge->paging) {
    case FORGE_NEXT:
        return forge_field(reply->json, "next") != NULL;
    case FORGE_START:
        start = forge_field(reply->json, "nextPageStart");
        if (!json_is_false(forge_field(reply->json, "isLastPage")) || !json_is_integer(start) ||
            json_integer_value(start) <= look->start)
            return false;
        look->start = json_integer_value(start);
        return true;
    case FORGE_PAGES:
        break;
    }
    return link ? strstr(link, "rel=\"next\"") != NULL : count >= (size_t)look->forge->page_size;
}

static bool take_page(struct forge_look *look, const struct ci_reply *reply, const char *items,
                      forge_taker *take, void *user, bool *more, struct ci_err *err)
{
    const json_t *list = items ? forge_field(reply->json, items) : reply->json, *item;
    size_t i;

    if (!json_is_array(list))
        return ci_fail(err, CI_EUNAVAILABLE, "the forge answered no list");
    *more = true;
    json_array_foreach(list, i, item)
        if (!take(look, item, user))
            *more = false;
    *more = *more && has_next(look, reply, json_array_size(list));
    return true;
}

bool forge_list(struct forge_look *look, const char *path, const char *items, int max_pages,
                forge_taker *take, void *user, struct ci_err *err)
{
    struct ci_reply reply;
    bool more = true;

    look->start = 0;
    for (look->page = 1; more; look->page++) {
        if (look->page > max_pages)
            return ci_fail(err, CI_ETOOLARGE, "the list has more than %d pages", max_pages);
        if (!forge_get(look, path, look->page == 1 ? look->etag : NULL, &reply, err))
            return false;
        look->unchanged = reply.status == 304;
        if (look->unchanged)
            return true;
        if (look->page == 1)
            look->etag = ci_pairs_get(reply.headers, "etag");
        if (!take_page(look, &reply, items, take, user, &more, err))
            return false;
    }
    return true;
}

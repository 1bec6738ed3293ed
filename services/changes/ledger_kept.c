/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By lists of what may be kept, as nobody can list what a sender may call a
 * secret: X-Gitlab-Token, Authorization, cookies, signatures and whatever a
 * proxy adds are all just not on the list.
 */
#include "ledger_kept.h"

#include "shared/compress.h"
#include "shared/http_client.h"
#include "shared/utf8.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { QUERY_MOST = 64, VALUE_MAX = 64 << 10, HEADER_MAX = 500, NAME_LIMIT = 100 };

/* Fields of the dialects' queries; of others only the name is kept. */
static const char *const query_names[] = {
    "author",  "branch", "category",       "codebase",   "comments",   "committer",
    "files",   "poller", "project",        "properties", "repository", "revision",
    "revlink", "when",   "when_timestamp", "who",
};

/* Headers that say what a delivery is: these, and those that end so. */
static const char *const header_names[] = {"content-type", "user-agent"};
static const char *const header_ends[] = {
    "-event",     "-event-type",   "-event-uuid", "-event-key", "-delivery",       "-webhook-uuid",
    "-hook-uuid", "-request-uuid", "-request-id", "-hook-id",   "-attempt-number",
};

static bool is_among(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool keeps_header(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < CI_COUNT(header_ends); i++) {
        size_t end = strlen(header_ends[i]);

        if (len > end && strcmp(name + len - end, header_ends[i]) == 0)
            return true;
    }
    return is_among(header_names, CI_COUNT(header_names), name);
}

static json_t *text_of(void *mem, const char *text, size_t max)
{
    return json_string(ci_utf8_clean(mem, text, strnlen(text, max)));
}

static json_t *headers_of(const struct ci_request *request, void *mem)
{
    json_t *headers = json_object();

    for (size_t i = 0; i < request->headers.count; i++) {
        const struct ci_pair *header = &request->headers.items[i];

        if (strlen(header->name) <= NAME_LIMIT && keeps_header(header->name))
            json_object_set_new(headers, header->name, text_of(mem, header->value, HEADER_MAX));
    }
    return headers;
}

/* [[name, value]...]: an order, and names that come more than once, mean something. */
static json_t *query_of(const struct ci_request *request, void *mem)
{
    json_t *query = json_array();

    for (size_t i = 0; i < request->query.count && i < QUERY_MOST; i++) {
        const struct ci_pair *pair = &request->query.items[i];
        bool known = is_among(query_names, CI_COUNT(query_names), pair->name);

        json_array_append_new(
            query, json_pack("[o,o]", text_of(mem, pair->name, NAME_LIMIT),
                             known ? text_of(mem, pair->value, VALUE_MAX) : json_null()));
    }
    return query;
}

static struct ci_bytes blot_text(struct ci_bytes body, const char *text, void *mem)
{
    size_t len = strlen(text);
    char *copy, *at;

    if (len == 0 || !memmem(body.data, body.len, text, len))
        return body;
    copy = ci_mem_dup(mem, body.data, body.len);
    for (at = copy; (at = memmem(at, body.len - (size_t)(at - copy), text, len)); at += len)
        memset(at, '*', len);
    return (struct ci_bytes){copy, body.len};
}

/* As it stands between the quotes of JSON: with slashes plain or escaped, as forges differ. */
static const char *in_json(const char *secret, bool slashes, void *mem)
{
    json_t *json = ci_mem_json(mem, json_string(ci_utf8_clean(mem, secret, strlen(secret))));
    char *quoted = json_dumps(json, JSON_ENCODE_ANY | (slashes ? JSON_ESCAPE_SLASH : 0));
    const char *text = ci_mem_strndup(mem, quoted + 1, strlen(quoted) - 2);

    free(quoted);
    return text;
}

/* Whether it is there all the same, in a way of encoding forms that nobody thought of. */
static bool tells(const struct ci_pairs form, const char *secret)
{
    for (size_t i = 0; i < form.count; i++)
        if (strstr(form.items[i].name, secret) || strstr(form.items[i].value, secret))
            return true;
    return false;
}

/*
 * Some forges repeat the hook's secret within the body, which may be JSON, or JSON in a form's
 * field: it is blotted out; a body that tells it in another way is not kept, and empty here.
 */
static struct ci_bytes blot(const struct ci_request *request, const char *secret, void *mem)
{
    struct ci_bytes body = request->raw;
    struct ci_request left = {.mem = mem, .headers = request->headers};

    if (!secret || !*secret)
        return body;
    const char *const spellings[] = {secret, in_json(secret, false, mem),
                                     in_json(secret, true, mem)};
    for (size_t i = 0; i < CI_COUNT(spellings); i++) {
        body = blot_text(body, spellings[i], mem);
        body = blot_text(body, ci_url_encode(mem, spellings[i], false), mem);
    }
    left.raw = body;
    const struct ci_pairs form = ci_request_form(&left);
    for (size_t i = 0; i < CI_COUNT(spellings); i++)
        if (tells(form, spellings[i]))
            return (struct ci_bytes){0};
    return body;
}

struct ledger_kept ledger_keep(const struct ledger_entry *entry, void *mem)
{
    const struct ci_request *request = entry->request;
    struct ledger_kept kept = {0};
    size_t most =
        entry->proven || entry->verdict == LEDGER_CHANGES ? LEDGER_BODY : LEDGER_BODY_SMALL;

    if (!request)
        return kept;
    kept.request = ci_mem_json(
        mem, json_pack("{s:o,s:o,s:o,s:o}", "method", text_of(mem, request->method, NAME_LIMIT),
                       "path", text_of(mem, request->path, HEADER_MAX), "query",
                       query_of(request, mem), "headers", headers_of(request, mem)));
    kept.bytes = request->raw.len < INT_MAX ? (int)request->raw.len : INT_MAX;
    if (request->raw.len == 0 || request->raw.len > most)
        return kept;
    const struct ci_bytes body = blot(request, entry->secret, mem);
    if (body.len > 0)
        kept.packed = ci_compress(mem, body);
    return kept;
}

static struct ci_pairs pairs_of(json_t *list, void *mem)
{
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, json_array_size(list));
    size_t count = 0, i;
    json_t *pair;

    json_array_foreach(list, i, pair) {
        const char *name = json_string_value(json_array_get(pair, 0)),
                   *value = json_string_value(json_array_get(pair, 1));

        if (name && value)
            items[count++] = (struct ci_pair){name, value};
    }
    return (struct ci_pairs){items, count};
}

static struct ci_pairs headers_from(json_t *object, void *mem)
{
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, json_object_size(object));
    size_t count = 0;
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
        items[count++] = (struct ci_pair){name, json_string_value(value)};
    return (struct ci_pairs){items, count};
}

bool ledger_request(json_t *kept, struct ci_bytes packed, void *mem, struct ci_request *out,
                    struct ci_err *err)
{
    struct ci_bytes body = {0};
    const char *method = json_string_value(json_object_get(kept, "method")),
               *path = json_string_value(json_object_get(kept, "path"));

    if (!method || !path)
        return ci_fail(err, CI_EINVALID, "the request was not kept");
    if (packed.len > 0 && !ci_expand(mem, packed, LEDGER_BODY, &body, err))
        return false;
    *out = (struct ci_request){
        .mem = mem,
        .method = method,
        .path = path,
        .raw = body,
        .query = pairs_of(json_object_get(kept, "query"), mem),
        .headers = headers_from(json_object_get(kept, "headers"), mem),
    };
    return true;
}

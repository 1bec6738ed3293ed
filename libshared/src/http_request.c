/* SPDX-License-Identifier: Apache-2.0 */
/* Reading requests: query strings, forms, cookies, credentials. Pure functions over text. */
#include "http_internal.h"
#include "shared/utf8.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    enum ci_errc code;
    int status;
} statuses[] = {
    {CI_EINVALID,         400},
    {CI_EUNAUTHENTICATED, 401},
    {CI_EDENIED,          403},
    {CI_ENOTFOUND,        404},
    {CI_ECONFLICT,        409},
    {CI_EGONE,            410},
    {CI_ETOOLARGE,        413},
    {CI_EINTERNAL,        500},
    {CI_EUNAVAILABLE,     503},
};

int ci_status_of(enum ci_errc code)
{
    for (size_t i = 0; i < CI_COUNT(statuses); i++) {
        if (statuses[i].code == code)
            return statuses[i].status;
    }
    return 500;
}

enum ci_errc ci_errc_of(int status)
{
    for (size_t i = 0; i < CI_COUNT(statuses); i++) {
        if (statuses[i].status == status)
            return statuses[i].code;
    }
    /* 408 and 429 ask for another try, as the gateways' 502 and 504 do. */
    if (status == 408 || status == 429 || status > 500)
        return CI_EUNAVAILABLE;
    return CI_EINVALID;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that the escape at `text` means; 0 when it is none. */
static int escaped_byte(const char *text, size_t len)
{
    if (len < 3 || text[0] != '%' || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0)
        return 0;
    return hex_digit(text[1]) * 16 + hex_digit(text[2]);
}

char *ci_url_decode(void *mem, const char *text, size_t len, bool plus)
{
    char *out = ci_mem_alloc(mem, len + 1);
    char *to = out;

    for (size_t i = 0; i < len; i++) {
        int byte = escaped_byte(text + i, len - i);

        if (byte) {
            *to = (char)byte;
            i += 2;
        } else {
            *to = text[i];
            if (plus && *to == '+')
                *to = ' ';
        }
        to++;
    }
    return out;
}

static size_t count_fields(const char *text, size_t len)
{
    size_t count = 1;

    for (size_t i = 0; i < len; i++)
        count += text[i] == '&';
    return count;
}

struct ci_pairs ci_query_parse(void *mem, const char *text, size_t len)
{
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, count_fields(text, len));
    const char *end = text + len;
    size_t count = 0;

    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        const char *field_end = stop ? stop : end;
        const char *equals = memchr(text, '=', (size_t)(field_end - text));
        const char *name_end = equals ? equals : field_end;

        if (field_end > text) {
            const char *value = equals ? equals + 1 : field_end;

            items[count].name = ci_url_decode(mem, text, (size_t)(name_end - text), true);
            items[count++].value = ci_url_decode(mem, value, (size_t)(field_end - value), true);
        }
        text = field_end + 1;
    }
    return (struct ci_pairs){items, count};
}

bool ci_request_id_valid(const char *text)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = text ? strspn(text, allowed) : 0;

    return len >= 1 && len <= 64 && text[len] == '\0';
}

const char *ci_pairs_get(struct ci_pairs pairs, const char *name)
{
    for (size_t i = 0; i < pairs.count; i++) {
        if (strcmp(pairs.items[i].name, name) == 0)
            return pairs.items[i].value;
    }
    return NULL;
}

const char *ci_request_param(const struct ci_request *request, const char *name)
{
    return ci_pairs_get(request->params, name);
}

int64_t ci_request_id(const struct ci_request *request, const char *name)
{
    const char *text = ci_request_param(request, name);

    return text ? strtoll(text, NULL, 10) : 0;
}

const char *ci_request_query(const struct ci_request *request, const char *name)
{
    return ci_pairs_get(request->query, name);
}

const char *ci_request_header(const struct ci_request *request, const char *lower_name)
{
    return ci_pairs_get(request->headers, lower_name);
}

/* The value of a cookie from its first byte: unquoted, to the semicolon or the end. */
static const char *cookie_value(void *mem, const char *text)
{
    size_t len = strcspn(text, ";");

    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (len >= 2 && text[0] == '"' && text[len - 1] == '"')
        return ci_mem_strndup(mem, text + 1, len - 2);
    return ci_mem_strndup(mem, text, len);
}

const char *ci_request_cookie(const struct ci_request *request, const char *name)
{
    const char *text = ci_request_header(request, "cookie");
    size_t len = strlen(name);

    while (text && *text) {
        text += strspn(text, "; \t");
        if (strncmp(text, name, len) == 0 && text[len] == '=')
            return cookie_value(request->mem, text + len + 1);
        text = strchr(text, ';');
    }
    return NULL;
}

/* What follows "Authorization: <scheme> ", or NULL. */
static const char *credentials(const struct ci_request *request, const char *scheme)
{
    const char *text = ci_request_header(request, "authorization");
    size_t len = strlen(scheme);

    if (!text || strncasecmp(text, scheme, len) != 0 || text[len] != ' ')
        return NULL;
    text += len;
    return text + strspn(text, " ");
}

const char *ci_request_bearer(const struct ci_request *request)
{
    const char *token = credentials(request, "Bearer");

    return token && *token ? token : NULL;
}

bool ci_request_basic(const struct ci_request *request, const char **user, const char **password)
{
    const char *packed = credentials(request, "Basic");
    size_t packed_len = packed ? strlen(packed) : 0;
    size_t len = 0;
    char *plain, *colon;

    if (!packed)
        return false;
    plain = ci_mem_alloc(request->mem, packed_len + 1);
    if (sodium_base642bin((unsigned char *)plain, packed_len, packed, packed_len, NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    plain[len] = '\0';
    colon = strchr(plain, ':');
    if (!colon || strlen(plain) != len)
        return false;
    *colon = '\0';
    *user = plain;
    *password = colon + 1;
    return true;
}

struct ci_pairs ci_request_form(const struct ci_request *request)
{
    static const char type[] = "application/x-www-form-urlencoded";
    const char *given = ci_request_header(request, "content-type");

    if (!given || strncasecmp(given, type, sizeof(type) - 1) != 0 || !request->raw.data)
        return (struct ci_pairs){0};
    return ci_query_parse(request->mem, request->raw.data, request->raw.len);
}

/* ---- for the log ---- */

static bool sounds_secret(const char *name)
{
    static const char *const words[] = {"token", "secret", "pass", "key",     "code", "state",
                                        "sig",   "auth",   "cred", "session", "jwt",  "nonce"};

    for (size_t i = 0; i < CI_COUNT(words); i++) {
        if (strcasestr(name, words[i]))
            return true;
    }
    return false;
}

const char *ci_query_masked(struct ci_pairs query, void *mem)
{
    enum { MOST = 300 };
    struct ci_buf out;

    if (query.count == 0)
        return NULL;
    ci_buf_init(&out, mem);
    for (size_t i = 0; i < query.count && out.len <= MOST; i++) {
        const struct ci_pair *item = &query.items[i];

        ci_buf_puts(&out, i ? "&" : "");
        ci_buf_add(&out, item->name, strnlen(item->name, MOST));
        ci_buf_puts(&out, "=");
        if (sounds_secret(item->name))
            ci_buf_puts(&out, "***");
        else
            ci_buf_add(&out, item->value, strnlen(item->value, MOST));
    }
    return ci_utf8_clean(mem, out.text, out.len < MOST ? out.len : MOST);
}

/* ---- answers ---- */

/* The item of that name, or NULL. */
static const struct ci_pair *find_header(const struct ci_response *response, const char *name)
{
    for (size_t i = 0; i < response->headers.count; i++) {
        if (strcasecmp(response->headers.items[i].name, name) == 0)
            return &response->headers.items[i];
    }
    return NULL;
}

const char *ci_response_get(const struct ci_response *response, const char *name)
{
    const struct ci_pair *found = find_header(response, name);

    return found ? found->value : NULL;
}

void ci_response_add(const struct ci_request *request, struct ci_response *response,
                     const char *name, const char *value)
{
    const struct ci_pair *found = find_header(response, name);

    if (!found) {
        ci_response_header(request, response, name, value);
        return;
    }
    struct ci_pair *items =
        ci_mem_dup(request->mem, response->headers.items, response->headers.count * sizeof(*items));
    items[found - response->headers.items].value =
        ci_mem_printf(request->mem, "%s, %s", found->value, value);
    response->headers.items = items;
}

void ci_response_header(const struct ci_request *request, struct ci_response *response,
                        const char *name, const char *value)
{
    size_t count = response->headers.count;
    struct ci_pair *items = ci_mem_array(request->mem, struct ci_pair, count + 1);

    if (count)
        memcpy(items, response->headers.items, count * sizeof(*items));
    items[count] = (struct ci_pair){name, value};
    response->headers = (struct ci_pairs){items, count + 1};
}

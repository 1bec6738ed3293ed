/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outgoing HTTP by libcurl's multi interface: the connection cache lives in
 * the multi handle, and curl_multi_poll() lets an abort through within 100 ms
 * (the easy interface's progress callback comes once a second).
 */
#include "shared/http_client.h"

#include "http_internal.h"
#include "shared/json.h"

#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { POLL_MS = 100, CONNECT_SECONDS = 10, CALL_SECONDS = 60, MAX_HEADERS = 128 };
static const size_t default_max_reply = (size_t)64 << 20;

struct ci_client {
    CURL *easy;
    CURLM *multi;
    char *user_agent, *ca_file;
    struct ci_dur connect_timeout;
};

/* One call's state while libcurl calls back. */
struct transfer {
    const struct ci_call *call;
    void *mem;
    struct ci_buf body;
    struct ci_pair headers[MAX_HEADERS];
    size_t header_count;
    size_t received;
    bool too_large, ended;
    char error[CURL_ERROR_SIZE];
};

const char *ci_url_encode(void *mem, const char *text, bool keep_slash)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    for (const char *c = text; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("-._~", *c);

        if (plain || (keep_slash && *c == '/'))
            ci_buf_add(&buf, c, 1);
        else
            ci_buf_printf(&buf, "%%%02X", (unsigned char)*c);
    }
    return buf.text;
}

static void init_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
}

bool ci_client_open(const struct ci_client_options *options, struct ci_client **out,
                    struct ci_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct ci_client *client = calloc(1, sizeof(*client));

    pthread_once(&once, init_curl);
    if (!client || !(client->user_agent = strdup(options->user_agent)))
        abort();
    if (options->ca_file && !(client->ca_file = strdup(options->ca_file)))
        abort();
    client->connect_timeout =
        options->connect_timeout.us ? options->connect_timeout : ci_seconds(CONNECT_SECONDS);
    client->easy = curl_easy_init();
    client->multi = curl_multi_init();
    if (!client->easy || !client->multi) {
        ci_client_close(client);
        return ci_fail(err, CI_EUNAVAILABLE, "could not set up the HTTP client");
    }
    *out = client;
    return true;
}

void ci_client_close(struct ci_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->easy);
    curl_multi_cleanup(client->multi);
    free(client->user_agent);
    free(client->ca_file);
    free(client);
}

/* ---- what comes in ---- */

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
    struct transfer *t = user;
    size_t len = size * count;
    size_t limit = t->call->max_reply ? t->call->max_reply : default_max_reply;

    t->received += len;
    if (t->call->on_data) {
        t->ended = !t->call->on_data(t->call->user, data, len);
        return t->ended ? CURL_WRITEFUNC_ERROR : len;
    }
    t->too_large = t->received > limit;
    if (t->too_large)
        return CURL_WRITEFUNC_ERROR;
    ci_buf_add(&t->body, data, len);
    return len;
}

static char *lower(char *text)
{
    for (char *c = text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

static size_t take_header(char *line, size_t size, size_t count, void *user)
{
    struct transfer *t = user;
    size_t len = size * count;
    const char *colon = memchr(line, ':', len);
    const char *value = colon ? colon + 1 : NULL, *end = line + len;

    /* A status line: what came before belonged to a "100 Continue". */
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        t->header_count = 0;
        return len;
    }
    if (!colon || t->header_count == MAX_HEADERS)
        return len;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && strchr(" \t\r\n", end[-1]))
        end--;
    t->headers[t->header_count++] = (struct ci_pair){
        lower(ci_mem_strndup(t->mem, line, (size_t)(colon - line))),
        ci_mem_strndup(t->mem, value, (size_t)(end - value)),
    };
    return len;
}

/* ---- what goes out ---- */

static void add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (!longer)
        abort();
    *list = longer;
}

static struct curl_slist *request_headers(const struct ci_call *call, void *mem)
{
    struct curl_slist *list = NULL;
    const char *type = call->json ? "application/json" : call->content_type;

    /* Or libcurl would wait a second for "100 Continue" before a large body. */
    add_header(&list, "Expect:");
    add_header(&list, type ? ci_mem_printf(mem, "Content-Type: %s", type) : "Content-Type:");
    if (call->bearer)
        add_header(&list, ci_mem_printf(mem, "Authorization: Bearer %s", call->bearer));
    for (size_t i = 0; i < call->headers.count; i++)
        add_header(&list, ci_mem_printf(mem, "%s: %s", call->headers.items[i].name,
                                        call->headers.items[i].value));
    return list;
}

static void set_body(CURL *easy, const struct ci_call *call, const char *method, void *mem)
{
    struct ci_bytes body = call->body;
    bool has_body;

    if (call->json) {
        char *text = json_dumps(call->json, JSON_COMPACT | JSON_ENCODE_ANY);

        if (!text)
            abort();
        body.data = ci_mem_strdup(mem, text);
        body.len = strlen(text);
        free(text);
    }
    has_body = body.data || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0;
    if (!has_body)
        return;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data ? body.data : "");
}

static void set_credentials(CURL *easy, const struct ci_call *call)
{
    if (!call->basic_user)
        return;
    curl_easy_setopt(easy, CURLOPT_USERNAME, call->basic_user);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, call->basic_password ? call->basic_password : "");
    if (call->sigv4)
        curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, call->sigv4);
    else
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
}

/* libcurl chooses the next method itself only where none was forced upon it. */
static void set_method(CURL *easy, const struct ci_call *call, const char *method)
{
    bool has_body = call->body.data || call->json;
    bool own = strcmp(method, "POST") == 0 || (strcmp(method, "GET") == 0 && !has_body);

    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else if (call->redirects == 0 || !own)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_trust(CURL *easy, const struct ci_call *call)
{
    if (call->redirects > 0) {
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)call->redirects);
        curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    }
    if (call->any_certificate) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_request(struct ci_client *client, struct transfer *t, struct curl_slist *headers)
{
    const struct ci_call *call = t->call;
    const char *method = call->method ? call->method : "GET";
    struct ci_dur timeout = call->timeout.us ? call->timeout : ci_seconds(CALL_SECONDS);
    CURL *easy = client->easy;

    curl_easy_reset(easy); /* keeps connections, forgets the last call's options */
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* what was checked is what is asked for */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agent);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(client->connect_timeout.us / 1000));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout.us / 1000));
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    if (client->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
    set_credentials(easy, call);
    set_body(easy, call, method, t->mem);
    set_method(easy, call, method);
    set_trust(easy, call);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
}

/* ---- the call ---- */

static bool is_aborted(const struct ci_call *call)
{
    return call->abort && __atomic_load_n(call->abort, __ATOMIC_RELAXED);
}

/* libcurl's verdict, or CURLE_ABORTED_BY_CALLBACK. */
static CURLcode perform(struct ci_client *client, const struct ci_call *call)
{
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    int running = 1, left;

    if (curl_multi_add_handle(client->multi, client->easy) != CURLM_OK)
        return CURLE_FAILED_INIT;
    while (!is_aborted(call)) {
        const CURLMsg *msg;

        if (curl_multi_perform(client->multi, &running) != CURLM_OK)
            break;
        msg = curl_multi_info_read(client->multi, &left);
        if (msg && msg->msg == CURLMSG_DONE) {
            code = msg->data.result;
            break;
        }
        curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
    }
    curl_multi_remove_handle(client->multi, client->easy);
    return code;
}

static bool fail_call(const struct transfer *t, CURLcode code, struct ci_err *err)
{
    const char *why = t->error[0] ? t->error : curl_easy_strerror(code);

    if (t->too_large)
        return ci_fail(err, CI_ETOOLARGE, "the reply of %s is too large", t->call->url);
    if (is_aborted(t->call) || t->ended)
        return ci_fail(err, CI_EUNAVAILABLE, "the call to %s was ended", t->call->url);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return ci_fail(err, CI_EINVALID, "\"%s\" is no HTTP address: %s", t->call->url, why);
    return ci_fail(err, CI_EUNAVAILABLE, "no reply from %s: %s", t->call->url, why);
}

static void read_reply(struct ci_client *client, struct transfer *t, struct ci_reply *out)
{
    struct ci_pair *items = ci_mem_array(t->mem, struct ci_pair, t->header_count + 1);
    long status = 0;
    const char *type;
    json_t *json = NULL;

    memcpy(items, t->headers, t->header_count * sizeof(*items));
    curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, &status);
    *out = (struct ci_reply){
        .status = (int)status,
        .body = {t->body.text, t->body.len    },
        .headers = {items,        t->header_count},
    };
    type = ci_pairs_get(out->headers, "content-type");
    if (type && strcasestr(type, "json") && t->body.len)
        json = ci_json_read(t->body.text, t->body.len, JSON_DECODE_ANY, NULL);
    if (json)
        out->json = ci_mem_json(t->mem, json);
}

bool ci_client_call(struct ci_client *client, const struct ci_call *call, void *mem,
                    struct ci_reply *out, struct ci_err *err)
{
    struct transfer t = {.call = call, .mem = mem};
    struct curl_slist *headers = request_headers(call, mem);
    CURLcode code;

    ci_buf_init(&t.body, mem);
    set_request(client, &t, headers);
    code = perform(client, call);
    if (code == CURLE_OK)
        read_reply(client, &t, out);
    /* Nothing of this call's may be pointed at any longer. */
    curl_easy_reset(client->easy);
    curl_slist_free_all(headers);
    return code == CURLE_OK || fail_call(&t, code, err);
}

bool ci_client_expect(struct ci_client *client, const struct ci_call *call, void *mem,
                      struct ci_reply *out, struct ci_err *err)
{
    struct ci_reply reply = {0};
    const char *why;

    if (!ci_client_call(client, call, mem, &reply, err))
        return false;
    if (reply.status >= 400) {
        why = json_string_value(json_object_get(reply.json, "error"));
        if (why)
            return ci_fail(err, ci_errc_of(reply.status), "%s", why);
        return ci_fail(err, ci_errc_of(reply.status), "%s answered %d", call->url, reply.status);
    }
    *out = reply;
    return true;
}

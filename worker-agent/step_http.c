/* SPDX-License-Identifier: Apache-2.0 */
/* The `http` step: one request, its answer in the log, its status the result. */
#include "agent.h"
#include "shared/http_client.h"
#include "step_kit.h"
#include "step_types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    LIMIT_SECONDS = 3600,
    REDIRECTS = 10,
    REPLY_BYTES = 64 << 20,
    LOGGED_BYTES = 1 << 20, /* of a body */
};

/* As a part of a query or form. */
static void add_encoded(struct ci_buf *out, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    for (; text && *text; text++)
        if (strchr(plain, *text))
            ci_buf_add(out, text, 1);
        else
            ci_buf_printf(out, "%%%02X", (unsigned char)*text);
}

static const char *encode(void *mem, struct ci_kvs pairs)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < pairs.count; i++) {
        if (i > 0)
            ci_buf_puts(&out, "&");
        add_encoded(&out, pairs.items[i].key);
        ci_buf_puts(&out, "=");
        add_encoded(&out, pairs.items[i].value);
    }
    return out.text;
}

/* The parameters go before a fragment and behind a query that is there. */
static const char *url_of(struct step *step)
{
    const struct ci_http_args *args = step->def->args;
    size_t len = strcspn(args->url, "#");

    if (args->params.count == 0)
        return args->url;
    return ci_mem_printf(step->mem, "%.*s%c%s", (int)len, args->url,
                         memchr(args->url, '?', len) ? '&' : '?', encode(step->mem, args->params));
}

static bool is_header(const char *text)
{
    return text && !strpbrk(text, "\r\n");
}

/* A Content-Type of the step's own stands for the one that the body would have. */
static bool set_headers(struct step *step, struct ci_call *call, struct ci_err *err)
{
    const struct ci_http_args *args = step->def->args;
    struct ci_pair *items = ci_mem_array(step->mem, struct ci_pair, args->headers.count + 1);

    call->headers.items = items;
    for (size_t i = 0; i < args->headers.count; i++) {
        const char *name = args->headers.items[i].key, *value = args->headers.items[i].value;

        if (!is_header(name) || !is_header(value))
            return ci_fail(err, CI_EINVALID, "header \"%.50s\" has a line break or no value", name);
        if (strcasecmp(name, "content-type") == 0)
            call->content_type = value;
        else
            items[call->headers.count++] = (struct ci_pair){name, value};
    }
    return true;
}

static void set_body(struct step *step, struct ci_call *call)
{
    const struct ci_http_args *args = step->def->args;
    const char *text = args->body;

    if (args->json) {
        char *json = json_dumps(args->json, JSON_COMPACT | JSON_ENCODE_ANY);

        if (!json)
            abort(); /* no memory */
        text = ci_mem_strdup(step->mem, json);
        free(json);
        call->content_type = "application/json";
    } else if (args->form.count > 0) {
        text = encode(step->mem, args->form);
        call->content_type = "application/x-www-form-urlencoded";
    }
    if (text)
        call->body = (struct ci_bytes){text, strlen(text)};
}

static void say_headers(struct step *step, struct ci_pairs headers)
{
    for (size_t i = 0; i < headers.count; i++)
        steplog_say(&step->log, "  %s: %s", headers.items[i].name, headers.items[i].value);
}

static void say_body(struct step *step, struct ci_bytes body)
{
    size_t shown = body.len < LOGGED_BYTES ? body.len : LOGGED_BYTES;

    if (body.len > 0)
        kit_write(step, NULL, body.data, shown);
    if (shown < body.len)
        steplog_say(&step->log, "... %zu bytes in all", body.len);
}

static void say_request(struct step *step, const struct ci_call *call)
{
    const struct ci_http_args *args = step->def->args;

    steplog_say(&step->log, "%s %s", call->method, call->url);
    if (!args->hide_request_headers) {
        if (call->content_type)
            steplog_say(&step->log, "  Content-Type: %s", call->content_type);
        say_headers(step, call->headers);
    }
    say_body(step, call->body);
}

static void judge(struct step *step, const struct ci_reply *reply, struct step_end *end)
{
    const struct ci_http_args *args = step->def->args;

    steplog_say(&step->log, "status %d", reply->status);
    if (!args->hide_response_headers)
        say_headers(step, reply->headers);
    say_body(step, reply->body);
    step_ends(end, reply->status >= 400 ? CI_FAILURE : CI_SUCCESS, "status %d", reply->status);
}

static struct ci_dur limit(const struct step *step)
{
    if (step->def->max_time.us > 0)
        return step->def->max_time;
    return step->def->timeout.us > 0 ? step->def->timeout : ci_seconds(LIMIT_SECONDS);
}

/* A client of its own: nothing of the talk with the builder service is in it. */
static bool call_once(const struct ci_call *call, void *mem, struct ci_reply *reply,
                      struct ci_err *err)
{
    static const struct ci_client_options options = {.user_agent =
                                                         "slipway-agent/" SLIPWAY_VERSION};
    struct ci_client *client;
    bool done;

    if (!ci_client_open(&options, &client, err))
        return false;
    done = ci_client_call(client, call, mem, reply, err);
    ci_client_close(client);
    return done;
}

void step_do_http(struct step *step, struct step_end *end)
{
    const struct ci_http_args *args = step->def->args;
    struct ci_call call = {
        .method = args->method,
        .url = url_of(step),
        .basic_user = args->user,
        .basic_password = args->password,
        .timeout = limit(step),
        .max_reply = REPLY_BYTES,
        .abort = &step->build->interrupted,
        .redirects = REDIRECTS,
        .any_certificate = !args->verify,
    };
    struct ci_reply reply = {0};
    struct ci_err err;

    set_body(step, &call);
    if (!set_headers(step, &call, &err)) {
        kit_fails(step, end, &err);
        return;
    }
    say_request(step, &call);
    if (call_once(&call, step->mem, &reply, &err))
        judge(step, &reply, end);
    else
        kit_fails(step, end, &err);
}

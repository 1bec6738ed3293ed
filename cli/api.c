/* SPDX-License-Identifier: Apache-2.0 */
/* REST calls of the command line. */
#include "api.h"

#include "logins.h"
#include "shared/clock.h"
#include "state.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROW(name, type, member, fallback, help)                                                    \
    {                                                                                              \
        name, type, offsetof(struct api_settings, member), fallback, help, 0, 0                    \
    }

const struct ci_setting api_setting_rows[] = {
    ROW("ADMIN_TOKEN", CI_SET_SECRET, token, CI_SET_OPTIONAL, "admin token, or an API token"),
    ROW("STATE", CI_SET_PATH, state, CI_SET_OPTIONAL,
        "state folder of \"slipway up\", to find server and token"),
    ROW("TOKEN", CI_SET_SECRET, api_token, CI_SET_OPTIONAL,
        "API token; default: that of \"slipway login\""),
    ROW("URL", CI_SET_STR, url, CI_SET_OPTIONAL, "the server, e.g. http://127.0.0.1:8010/"),
};
const size_t api_setting_count = CI_COUNT(api_setting_rows);

static const struct ci_setting output_rows[] = {
    ROW("JSON", CI_SET_BOOL, json, "false", "print the API's JSON instead of a table"),
};

static bool takes_value(const struct ci_settings_table *tables, size_t count, const char *flag)
{
    char name[64];
    size_t n = 0;

    for (flag += 2; *flag && n < sizeof(name) - 1; flag++)
        name[n++] = *flag == '-' ? '_' : (char)toupper((unsigned char)*flag);
    name[n] = '\0';
    for (size_t t = 0; t < count; t++)
        for (size_t i = 0; i < tables[t].count; i++)
            if (strcmp(tables[t].rows[i].name, name) == 0)
                return tables[t].rows[i].type != CI_SET_BOOL;
    /* A secret's _FILE form takes one; what else is unrecognized is refused later. */
    return n > strlen("_FILE") && strcmp(name + n - strlen("_FILE"), "_FILE") == 0;
}

/* Flags may stand anywhere: they go first, the positional arguments keep their order behind. */
static bool flags_first(const struct ci_settings_table *tables, size_t count, int argc, char **argv,
                        void *mem, struct ci_err *err)
{
    char **flags = ci_mem_array(mem, char *, (size_t)argc),
         **others = ci_mem_array(mem, char *, (size_t)argc);
    size_t nflags = 0, nothers = 0;
    bool ended = false; /* by "--", which goes between the two */

    for (int i = 1; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        if (ended || argv[i][0] != '-' || !argv[i][1]) {
            others[nothers++] = argv[i];
            continue;
        }
        flags[nflags++] = argv[i];
        if (argv[i][1] != '-' || strchr(argv[i], '=') || !takes_value(tables, count, argv[i]))
            continue;
        if (++i == argc)
            return ci_fail(err, CI_EINVALID, "%s needs a value", argv[i - 1]);
        flags[nflags++] = argv[i];
    }
    if (ended)
        flags[nflags++] = ci_mem_strdup(mem, "--");
    for (size_t i = 0; i < nflags; i++)
        argv[1 + i] = flags[i];
    for (size_t i = 0; i < nothers; i++)
        argv[1 + nflags + i] = others[i];
    return true;
}

bool api_settings_load(const char *command, const char *summary, const struct ci_setting *rows,
                       size_t count, int argc, char **argv, void *mem, void *out, int *rest,
                       bool *done, struct ci_err *err)
{
    const struct ci_settings_table tables[] = {
        {api_setting_rows, api_setting_count,     false},
        {output_rows,      CI_COUNT(output_rows), true },
        {rows,             count,                 true },
    };
    enum ci_settings_outcome outcome;

    if (!flags_first(tables, CI_COUNT(tables), argc, argv, mem, err) ||
        !ci_settings_load(ci_mem_printf(mem, "slipway %s", command), summary, tables,
                          CI_COUNT(tables), argc, argv, mem, out, rest, &outcome, err))
        return false;
    *done = outcome == CI_SETTINGS_DONE;
    return true;
}

/* A file's first line from the state folder, or NULL. */
static const char *from_state(void *mem, const char *dir, const char *name)
{
    struct ci_bytes file;
    struct ci_err ignored;
    const char *text;

    if (!state_read(mem, state_path(mem, dir, name), &file, &ignored))
        return NULL;
    text = file.data;
    return ci_mem_strndup(mem, text, strcspn(text, "\r\n"));
}

const char *api_with_slash(void *mem, const char *url)
{
    return url[0] && url[strlen(url) - 1] == '/' ? url : ci_mem_printf(mem, "%s/", url);
}

static const char *find_url(const struct api_settings *settings, const char *own_url, void *mem)
{
    const char *url = settings->url;

    if (!url && settings->state)
        url = own_url;
    if (!url)
        url = logins_current(mem);
    if (!url)
        url = own_url;
    return api_with_slash(mem, url ? url : "http://127.0.0.1:8010/");
}

/* A token that is kept is for its own server: another one, named by --url, must not learn it. */
static const char *find_token(const struct api_settings *settings, const char *state,
                              const char *own_url, const char *url, void *mem)
{
    struct login login;

    if (settings->api_token)
        return settings->api_token;
    if (settings->token)
        return settings->token;
    bool own = own_url && strcmp(url, api_with_slash(mem, own_url)) == 0;
    if ((!own || !settings->state) && logins_find(mem, url, &login))
        return login.token;
    return own ? from_state(mem, state, "admin.token") : NULL;
}

bool api_open(const struct api_settings *settings, void *mem, struct api *out, struct ci_err *err)
{
    const char *state = settings->state ? settings->state : state_default_dir(mem);
    const char *own_url = from_state(mem, state, "url");
    struct ci_client_options options = {.user_agent = "slipway/" SLIPWAY_VERSION};

    out->mem = mem;
    out->url = find_url(settings, own_url, mem);
    out->token = find_token(settings, state, own_url, out->url, mem);
    return ci_client_open(&options, &out->client, err);
}

void api_close(struct api *api)
{
    ci_client_close(api->client);
    api->client = NULL;
}

bool api_get(struct api *api, const char *path, json_t **out, struct ci_err *err)
{
    const struct ci_pair accept = {"Accept", "application/json"};
    struct ci_call call = {
        .url = ci_mem_printf(api->mem, "%sapi/v2/%s", api->url, path),
        .bearer = api->token,
        .headers = {&accept, 1},
    };
    struct ci_reply reply;

    if (!ci_client_expect(api->client, &call, api->mem, &reply, err))
        return false;
    if (!reply.json)
        return ci_fail(err, CI_EUNAVAILABLE, "%s answered no JSON", call.url);
    *out = reply.json;
    return true;
}

bool api_list(struct api *api, const char *path, const char *key, json_t **out, struct ci_err *err)
{
    json_t *body;

    if (!api_get(api, path, &body, err))
        return false;
    *out = json_object_get(body, key);
    if (!json_is_array(*out))
        return ci_fail(err, CI_EUNAVAILABLE, "the answer has no \"%s\"", key);
    return true;
}

bool api_single(struct api *api, const char *path, const char *key, json_t **out,
                struct ci_err *err)
{
    json_t *list;

    if (!api_list(api, path, key, &list, err))
        return false;
    *out = json_array_get(list, 0);
    if (!*out)
        return ci_fail(err, CI_ENOTFOUND, "nothing at %s", path);
    return true;
}

bool api_build(struct api *api, const char *text, json_t **out, struct ci_err *err)
{
    const char *slash = strrchr(text, '/');
    const char *path;

    if (slash)
        path = ci_mem_printf(
            api->mem, "builders/%s/builds/%s",
            api_escape(api->mem, ci_mem_strndup(api->mem, text, (size_t)(slash - text))),
            api_escape(api->mem, slash + 1));
    else
        path = ci_mem_printf(api->mem, "builds/%s", api_escape(api->mem, text));
    if (api_single(api, path, "builds", out, err))
        return true;
    return err->code == CI_ENOTFOUND ? ci_fail(err, CI_ENOTFOUND, "no build \"%s\"", text)
                                     : ci_fail_in(err, "build \"%s\"", text);
}

/* JSON-RPC errors carry a text, or for force an object of messages by field. */
static bool fail_rpc(json_t *error, int status, struct ci_err *err)
{
    json_t *message = json_object_get(error, "message");
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf text;
    const char *field;
    json_t *value;

    ci_buf_init(&text, mem);
    if (json_is_string(message))
        ci_buf_puts(&text, json_string_value(message));
    json_object_foreach(message, field, value)
        ci_buf_printf(&text, "%s%s: %s", text.len ? "; " : "", field,
                      json_is_string(value) ? json_string_value(value) : "invalid");
    if (status == 401 || status == 403)
        ci_buf_puts(&text,
                    " (sign in by \"slipway login\", or give a token by --token or SLIPWAY_TOKEN)");
    return ci_fail(err, status < 500 ? CI_EINVALID : CI_EUNAVAILABLE, "%s", text.text);
}

bool api_rpc(struct api *api, const char *path, const char *method, json_t *params, json_t **result,
             struct ci_err *err)
{
    json_t *body = ci_mem_json(api->mem, json_pack("{s:s,s:s,s:i,s:O}", "jsonrpc", "2.0", "method",
                                                   method, "id", 1, "params", params));
    struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(api->mem, "%sapi/v2/%s", api->url, path),
        .bearer = api->token,
        .json = body,
    };
    struct ci_reply reply;
    json_t *error;

    if (!ci_client_call(api->client, &call, api->mem, &reply, err))
        return false;
    error = json_object_get(reply.json, "error");
    if (json_is_object(error))
        return fail_rpc(error, reply.status, err);
    if (reply.status >= 400 || !reply.json)
        return ci_fail(err, CI_EUNAVAILABLE, "%s answered %d: %s", call.url, reply.status,
                       json_is_string(error) ? json_string_value(error) : "no JSON");
    *result = json_object_get(reply.json, "result");
    return true;
}

bool api_post(struct api *api, const char *path, json_t *body, json_t **out, struct ci_err *err)
{
    struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(api->mem, "%sapi/v2/%s", api->url, path),
        .bearer = api->token,
        .json = body,
    };
    struct ci_reply reply;

    if (!ci_client_expect(api->client, &call, api->mem, &reply, err))
        return false;
    if (!reply.json)
        return ci_fail(err, CI_EUNAVAILABLE, "%s answered no JSON", call.url);
    *out = reply.json;
    return true;
}

json_t *api_split(const char *text)
{
    json_t *list = json_array();

    while (text && *text) {
        size_t len = strcspn(text, ",");

        if (len)
            json_array_append_new(list, json_stringn(text, len));
        text += len + (text[len] == ',');
    }
    return list;
}

const char *api_escape(void *mem, const char *text)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
            strchr("-._~", *p))
            ci_buf_add(&out, p, 1);
        else
            ci_buf_printf(&out, "%%%02X", *p);
    }
    return out.text;
}

const char *json_text(json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : fallback;
}

int64_t json_number(json_t *object, const char *key, int64_t fallback)
{
    json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

void print_json(json_t *json)
{
    json_dumpf(json, stdout, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    putchar('\n');
}

void api_pause(void)
{
    const struct timespec pause = {.tv_nsec = 300 * 1000 * 1000};

    nanosleep(&pause, NULL);
}

bool api_patient(struct api_patience *patience, const struct ci_err *err)
{
    struct ci_mono now = ci_mono_now();

    if (patience->since.us == 0)
        patience->since = now;
    return err->code == CI_EUNAVAILABLE && ci_mono_since(now, patience->since).us < 60 * 1000000;
}

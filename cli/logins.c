/* SPDX-License-Identifier: Apache-2.0 */
/* The servers that somebody has signed in to. */
#include "logins.h"

#include "state.h"

#include <stdlib.h>
#include <string.h>

static const char *folder(void *mem)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (xdg && xdg[0] == '/')
        return ci_mem_printf(mem, "%s/slipway", xdg);
    return ci_mem_printf(mem, "%s/.config/slipway", home ? home : "");
}

const char *logins_path(void *mem)
{
    return state_path(mem, folder(mem), "logins.json");
}

/* False with *err when there is a file that can't be read; without one *out is empty. */
static bool load(void *mem, json_t **out, struct ci_err *err)
{
    const char *path = logins_path(mem);
    struct ci_bytes file;
    json_error_t where;
    json_t *read;

    *out = ci_mem_json(mem, json_object());
    if (!state_read(mem, path, &file, err))
        return err->code == CI_ENOTFOUND;
    read = json_loadb(file.data, file.len, 0, &where);
    if (!read)
        return ci_fail(err, CI_EINVALID, "\"%s\" is damaged: line %d: %s", path, where.line,
                       where.text);
    *out = ci_mem_json(mem, read);
    return json_is_object(read) || ci_fail(err, CI_EINVALID, "\"%s\" is damaged", path);
}

static bool save(void *mem, json_t *logins, struct ci_err *err)
{
    char *text = json_dumps(logins, JSON_INDENT(2) | JSON_SORT_KEYS);
    bool kept =
        state_make_dir(folder(mem), 0700, err) && state_write(logins_path(mem), text, 0600, err);

    free(text);
    return kept;
}

static json_t *servers_of(json_t *logins)
{
    json_t *servers = json_object_get(logins, "servers");

    if (!json_is_object(servers)) {
        servers = json_object();
        json_object_set_new(logins, "servers", servers);
    }
    return servers;
}

const char *logins_current(void *mem)
{
    struct ci_err ignored; /* commands that need no login go on without one */
    json_t *logins;

    if (!load(mem, &logins, &ignored))
        return NULL;
    return json_string_value(json_object_get(logins, "current"));
}

bool logins_find(void *mem, const char *url, struct login *out)
{
    struct ci_err ignored;
    json_t *logins, *server;

    if (!load(mem, &logins, &ignored))
        return false;
    server = json_object_get(json_object_get(logins, "servers"), url);
    *out = (struct login){
        .token = json_string_value(json_object_get(server, "token")),
        .username = json_string_value(json_object_get(server, "username")),
        .tokenid = json_integer_value(json_object_get(server, "tokenid")),
    };
    return out->token != NULL;
}

bool logins_keep(void *mem, const char *url, const struct login *login, struct ci_err *err)
{
    json_t *logins;

    if (!load(mem, &logins, err))
        return false;
    json_object_set_new(servers_of(logins), url,
                        json_pack("{s:s, s:s?, s:I}", "token", login->token, "username",
                                  login->username, "tokenid", (json_int_t)login->tokenid));
    json_object_set_new(logins, "current", json_string(url));
    return save(mem, logins, err);
}

bool logins_forget(void *mem, const char *url, struct ci_err *err)
{
    json_t *logins;
    const char *current;

    if (!load(mem, &logins, err))
        return false;
    if (!json_object_get(servers_of(logins), url))
        return true;
    (void)json_object_del(servers_of(logins), url);
    current = json_string_value(json_object_get(logins, "current"));
    if (current && strcmp(current, url) == 0)
        (void)json_object_del(logins, "current");
    return save(mem, logins, err);
}

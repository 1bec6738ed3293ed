/* SPDX-License-Identifier: Apache-2.0 */
/* slipway login, logout, whoami: a token of one's own for this machine, kept for all commands. */
#include "api.h"
#include "command.h"
#include "logins.h"
#include "prompt.h"
#include "shared/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct login_settings {
    struct api_settings api;
    const char *user;
    int days;
};

static const struct ci_setting login_rows[] = {
    {"DAYS", CI_SET_INT, offsetof(struct login_settings, days), "90",
     "days until the token that is made expires; 0: never", 0, 3650},
    {"USER", CI_SET_STR, offsetof(struct login_settings, user), CI_SET_OPTIONAL,
     "user name; asked for without it",                     0, 0   },
};

/* ---- what the server is asked ---- */

/* One may leave out the scheme: whoever wants no encryption has to say so. */
static const char *whole_url(const char *text, void *mem)
{
    return api_with_slash(mem, strstr(text, "://") ? text : ci_mem_printf(mem, "https://%s", text));
}

/* Whether nobody on the way could read along. */
static bool is_private(const char *url)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};

    for (size_t i = 0; i < CI_COUNT(hosts); i++) {
        size_t len = strlen(hosts[i]);

        if (strncmp(url, hosts[i], len) == 0 && (url[len] == ':' || url[len] == '/'))
            return true;
    }
    return strncmp(url, "https://", 8) == 0;
}

/* The session's cookie; the rest of it is for browsers. */
static const char *cookie_of(const struct ci_reply *reply, void *mem)
{
    const char *cookie = ci_pairs_get(reply->headers, "set-cookie");

    return cookie ? ci_mem_strndup(mem, cookie, strcspn(cookie, ";")) : NULL;
}

static bool by_password(struct api *api, const char *user, const char *password,
                        const char **cookie, struct ci_err *err)
{
    json_t *body;

    if (!ci_utf8_is_valid(user, strlen(user)) || !ci_utf8_is_valid(password, strlen(password)))
        return ci_fail(err, CI_EINVALID, "user name and password must be UTF-8");
    body = ci_mem_json(api->mem, json_pack("{s:s, s:s}", "username", user, "password", password));
    const struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(api->mem, "%sauth/login", api->url),
        .json = body,
    };
    struct ci_reply reply;

    if (!ci_client_expect(api->client, &call, api->mem, &reply, err))
        return false;
    *cookie = cookie_of(&reply, api->mem);
    return *cookie || ci_fail(err, CI_EUNAVAILABLE, "%s answered no session", call.url);
}

/* With the session of the password, which then has done its work. */
static bool in_session(struct api *api, const char *cookie, const char *path, json_t *body,
                       json_t **out, struct ci_err *err)
{
    const struct ci_pair header = {"Cookie", cookie};
    const struct ci_call call = {
        .method = "POST",
        .url = ci_mem_printf(api->mem, "%s%s", api->url, path),
        .headers = {&header, 1},
        .json = body,
    };
    struct ci_reply reply;

    if (!ci_client_expect(api->client, &call, api->mem, &reply, err))
        return false;
    *out = reply.json;
    return true;
}

static const char *token_name(void *mem)
{
    char host[256] = "";

    if (gethostname(host, sizeof(host) - 1) != 0 || !*host)
        strcpy(host, "unknown");
    return ci_mem_printf(mem, "slipway@%s", host);
}

static bool make_token(struct api *api, const char *cookie, int days, struct login *out,
                       struct ci_err *err)
{
    json_t *answer, *token,
        *body = ci_mem_json(api->mem, json_pack("{s:s, s:[s], s:i}", "name", token_name(api->mem),
                                                "scopes", "all", "expires_in_days", days));

    if (!in_session(api, cookie, "api/v2/tokens", body, &answer, err))
        return false;
    token = json_array_get(json_object_get(answer, "tokens"), 0);
    *out = (struct login){
        .token = json_text(token, "token", NULL),
        .username = json_text(token, "username", ""),
        .tokenid = json_number(token, "tokenid", 0),
    };
    return out->token || ci_fail(err, CI_EUNAVAILABLE, "%s made no token", api->url);
}

/* With the token itself: who has it may end it. */
static bool end_token(struct api *api, const struct login *login, struct ci_err *err)
{
    const char *before = api->token;
    json_t *answer;

    api->token = login->token;
    bool done =
        api_post(api, ci_mem_printf(api->mem, "tokens/%lld/revoke", (long long)login->tokenid),
                 ci_mem_json(api->mem, json_object()), &answer, err);
    api->token = before;
    return done || err->code == CI_EUNAUTHENTICATED; /* it has ended already */
}

static bool is_anonymous(const json_t *me)
{
    return !json_is_false(json_object_get(me, "anonymous"));
}

/* ---- login ---- */

static bool ask(struct api *api, const struct login_settings *settings, const char **user,
                char *password, struct ci_err *err)
{
    char *name = ci_mem_alloc(api->mem, PROMPT_LONGEST + 2);

    if (!is_private(api->url))
        fprintf(stderr, "slipway login: warning: the password goes to %s unencrypted\n", api->url);
    if (!settings->user && !prompt_line("User name: ", name))
        return ci_fail(err, CI_EINVALID, "no user name was given: --user, or standard input");
    *user = settings->user ? settings->user : name;
    return prompt_hidden(ci_mem_printf(api->mem, "Password of %s at %s: ", *user, api->url),
                         password) ||
           ci_fail(err, CI_EINVALID,
                   "no password was given on standard input; who signs in elsewhere makes a token "
                   "in the web UI and gives it by --token-file");
}

static bool login_by_password(struct api *api, const struct login_settings *settings,
                              struct login *out, struct ci_err *err)
{
    char password[PROMPT_LONGEST + 2] = "";
    const char *user = NULL, *cookie = NULL;
    json_t *ignored;
    struct ci_err why;

    bool made =
        ask(api, settings, &user, password, err) && by_password(api, user, password, &cookie, err);
    explicit_bzero(password, sizeof(password));
    if (!made)
        return false;
    made = make_token(api, cookie, settings->days, out, err);
    /* The session would end by itself: whether this works does not matter. */
    (void)in_session(api, cookie, "auth/logout", NULL, &ignored, &why);
    return made;
}

/* One that was made elsewhere, for those who have no password here. */
static bool login_by_token(struct api *api, const char *token, struct login *out,
                           struct ci_err *err)
{
    json_t *me;

    api->token = token;
    if (!api_get(api, "me", &me, err))
        return false;
    if (is_anonymous(me))
        return ci_fail(err, CI_EUNAUTHENTICATED, "%s does not know this token", api->url);
    *out = (struct login){.token = token, .username = json_text(me, "username", "")};
    return true;
}

static bool login(struct api *api, const struct login_settings *settings, struct ci_err *err)
{
    struct login before, now;
    bool known = logins_find(api->mem, api->url, &before);
    struct ci_err why;

    if (settings->api.api_token ? !login_by_token(api, settings->api.api_token, &now, err)
                                : !login_by_password(api, settings, &now, err))
        return false;
    if (!logins_keep(api->mem, api->url, &now, err)) {
        if (now.tokenid)
            (void)end_token(api, &now, &why);
        return false;
    }
    if (known && before.tokenid && !end_token(api, &before, &why))
        fprintf(stderr, "slipway login: warning: token %lld of before could not be revoked: %s\n",
                (long long)before.tokenid, why.msg);
    printf("signed in to %s as %s; the token is kept in %s\n", api->url, now.username,
           logins_path(api->mem));
    return true;
}

/* ---- the commands ---- */

/* Settings, and the server that the command line names as its only argument or otherwise. */
static bool begin(const char *command, const char *summary, const struct ci_setting *rows,
                  size_t count, int argc, char **argv, struct login_settings *settings, void *mem,
                  struct api *api, bool *done, struct ci_err *err)
{
    int rest;

    if (!api_settings_load(command, summary, rows, count, argc, argv, mem, settings, &rest, done,
                           err))
        return false;
    if (*done)
        return true;
    if (argc - rest > 1)
        return ci_fail(err, CI_EINVALID, "one server at a time");
    if (argc > rest)
        settings->api.url = argv[rest];
    if (settings->api.url)
        settings->api.url = whole_url(settings->api.url, mem);
    return api_open(&settings->api, mem, api, err);
}

int cmd_login(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct login_settings settings = {0};
    AUTO_API api = {0};
    bool done;

    if (!begin(
            "login [URL]",
            "signs in by user name and password, makes a token for this machine and keeps it for "
            "all commands; or keeps the token that --token, --token-file or SLIPWAY_TOKEN gives",
            login_rows, CI_COUNT(login_rows), argc, argv, &settings, mem, &api, &done, err))
        return EXIT_REPORT;
    return done || login(&api, &settings, err) ? EXIT_SUCCESS : EXIT_REPORT;
}

static bool logout(struct api *api, struct ci_err *err)
{
    struct login login;
    struct ci_err why;

    if (!logins_find(api->mem, api->url, &login))
        return ci_fail(err, CI_ENOTFOUND, "not signed in to %s", api->url);
    if (!logins_forget(api->mem, api->url, err))
        return false;
    if (login.tokenid && !end_token(api, &login, &why))
        return ci_fail(err, CI_EUNAVAILABLE,
                       "token %lld is forgotten here, but could not be revoked: %s",
                       (long long)login.tokenid, why.msg);
    printf("signed out of %s; the token is %s\n", api->url,
           login.tokenid ? "revoked" : "forgotten, and goes on where else it is kept");
    return true;
}

int cmd_logout(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct login_settings settings = {0};
    AUTO_API api = {0};
    bool done;

    if (!begin("logout [URL]",
               "forgets the token of a server, and revokes it if \"slipway login\" made it", NULL,
               0, argc, argv, &settings, mem, &api, &done, err))
        return EXIT_REPORT;
    return done || logout(&api, err) ? EXIT_SUCCESS : EXIT_REPORT;
}

static void print_list(const char *title, const json_t *list)
{
    const json_t *item;
    size_t i;

    if (json_array_size(list))
        printf("%s", title);
    json_array_foreach(list, i, item)
        printf("%s%s", i ? ", " : " ", json_string_value(item));
    if (json_array_size(list))
        putchar('\n');
}

int cmd_whoami(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct login_settings settings = {0};
    AUTO_API api = {0};
    json_t *me;
    bool done;

    if (!begin("whoami [URL]", "tells who one is to the server; status 1 for nobody", NULL, 0, argc,
               argv, &settings, mem, &api, &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    if (!api_get(&api, "me", &me, err))
        return EXIT_REPORT;
    if (settings.api.json) {
        print_json(me);
    } else {
        printf("%s at %s\n", json_text(me, "username", "?"), api.url);
        print_list("groups:", json_object_get(me, "groups"));
        print_list("roles:", json_object_get(me, "roles"));
        print_list("scopes:", json_object_get(me, "scopes"));
    }
    return is_anonymous(me) ? EXIT_FAILURE : EXIT_SUCCESS;
}

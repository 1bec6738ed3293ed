/* SPDX-License-Identifier: Apache-2.0 */
/* slipway token: API tokens, one's own and those of service accounts. */
#include "api.h"
#include "command.h"
#include "shared/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct token_settings {
    struct api_settings api;
    const char *user, *scopes;
    int days;
    bool all;
};

static const struct ci_setting token_rows[] = {
    {"ALL",    CI_SET_BOOL, offsetof(struct token_settings, all),    "false",
     "for list: those of all users, too",                                     0, 0   },
    {"DAYS",   CI_SET_INT,  offsetof(struct token_settings, days),   "0",
     "for create: days until it expires; 0: never",                           0, 3650},
    {"SCOPES", CI_SET_STR,  offsetof(struct token_settings, scopes), "all",
     "for create: actions that it is for, comma-separated (read, force ...)", 0, 0   },
    {"USER",   CI_SET_STR,  offsetof(struct token_settings, user),   CI_SET_OPTIONAL,
     "for create: service account that it speaks for; oneself without it",    0, 0   },
};

/* Only the token on standard output, so that a script can keep it. */
static bool create(struct api *api, const struct token_settings *settings, const char *name,
                   struct ci_err *err)
{
    json_t *answer, *body = ci_mem_json(api->mem, json_pack("{s:s, s:o, s:i}", "name", name,
                                                            "scopes", api_split(settings->scopes),
                                                            "expires_in_days", settings->days));

    if (settings->user)
        json_object_set_new(body, "username", json_string(settings->user));
    if (!api_post(api, "tokens", body, &answer, err))
        return false;
    json_t *token = json_array_get(json_object_get(answer, "tokens"), 0);
    if (settings->api.json) {
        print_json(token);
        return true;
    }
    fprintf(stderr, "token %lld of %s; it is not shown again:\n",
            (long long)json_number(token, "tokenid", 0), json_text(token, "username", "?"));
    printf("%s\n", json_text(token, "token", ""));
    return true;
}

static const char *time_text(json_t *token, const char *key, const char *fallback,
                             char out[CI_TIME_TEXT])
{
    int64_t seconds = json_number(token, key, 0);

    if (!seconds)
        return fallback;
    ci_time_format((struct ci_time){seconds * 1000000}, false, out);
    return out;
}

static void print_token(json_t *token)
{
    char expires[CI_TIME_TEXT], used[CI_TIME_TEXT];
    json_t *scope;
    size_t i;

    printf("%-6lld %-12s %-16s %-24s %-20s %-20s ", (long long)json_number(token, "tokenid", 0),
           json_text(token, "hint", ""), json_text(token, "username", ""),
           json_text(token, "name", ""),
           json_number(token, "revoked_at", 0) ? "revoked"
                                               : time_text(token, "expires_at", "never", expires),
           time_text(token, "last_used_at", "never", used));
    json_array_foreach(json_object_get(token, "scopes"), i, scope)
        printf("%s%s", i ? "," : "", json_string_value(scope));
    putchar('\n');
}

static bool list(struct api *api, const struct token_settings *settings, const char *name,
                 struct ci_err *err)
{
    json_t *tokens, *token;
    size_t i;

    (void)name;
    if (!api_list(api, settings->all ? "tokens?order=-tokenid" : "me/tokens", "tokens", &tokens,
                  err))
        return false;
    if (settings->api.json) {
        print_json(tokens);
        return true;
    }
    printf("%-6s %-12s %-16s %-24s %-20s %-20s %s\n", "TOKEN", "BEGINS", "USER", "NAME", "EXPIRES",
           "LAST USED", "SCOPES");
    json_array_foreach(tokens, i, token)
        print_token(token);
    return true;
}

static bool revoke_one(struct api *api, const struct token_settings *settings, const char *id,
                       struct ci_err *err)
{
    json_t *answer, *body = ci_mem_json(api->mem, json_object());

    (void)settings;
    if (!*id || strspn(id, "0123456789") != strlen(id))
        return ci_fail(err, CI_EINVALID, "\"%s\" is no token's number", id);
    return api_post(api, ci_mem_printf(api->mem, "tokens/%s/revoke", id), body, &answer, err);
}

static const struct deed {
    const char *word;
    bool takes_name;
    bool (*run)(struct api *api, const struct token_settings *settings, const char *name,
                struct ci_err *err);
} deeds[] = {
    {"create", true,  create    },
    {"list",   false, list      },
    {"revoke", true,  revoke_one},
};

static const struct deed *find_deed(int count, char **words)
{
    for (size_t i = 0; count > 0 && i < CI_COUNT(deeds); i++)
        if (strcmp(deeds[i].word, words[0]) == 0 && count == 1 + deeds[i].takes_name)
            return &deeds[i];
    return NULL;
}

int cmd_token(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct token_settings settings = {0};
    AUTO_API api = {0};
    bool done;
    int rest;

    if (!api_settings_load("token", "API tokens: create NAME, list, revoke NUMBER", token_rows,
                           CI_COUNT(token_rows), argc, argv, mem, &settings, &rest, &done, err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    const struct deed *deed = find_deed(argc - rest, argv + rest);
    if (!deed) {
        ci_fail(err, CI_EINVALID, "say create NAME, list or revoke NUMBER");
        return EXIT_REPORT;
    }
    if (!api_open(&settings.api, mem, &api, err) ||
        !deed->run(&api, &settings, deed->takes_name ? argv[rest + 1] : NULL, err))
        return EXIT_REPORT;
    return EXIT_SUCCESS;
}

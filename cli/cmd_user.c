/* SPDX-License-Identifier: Apache-2.0 */
/* slipway user: local users and service accounts. */
#include "api.h"
#include "command.h"
#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct user_settings {
    struct api_settings api;
    const char *full_name, *email, *groups;
    bool service, no_password;
};

static const struct ci_setting user_rows[] = {
    {"EMAIL",       CI_SET_STR,  offsetof(struct user_settings, email),       CI_SET_OPTIONAL,
     "for add: mail address",                                         0, 0},
    {"FULL_NAME",   CI_SET_STR,  offsetof(struct user_settings, full_name),   CI_SET_OPTIONAL,
     "for add: the name that people call them",                       0, 0},
    {"GROUPS",      CI_SET_STR,  offsetof(struct user_settings, groups),      CI_SET_OPTIONAL,
     "for add: groups, comma-separated; roles are given to these",    0, 0},
    {"NO_PASSWORD", CI_SET_BOOL, offsetof(struct user_settings, no_password), "false",
     "for add: ask for no password; there is no sign-in without one", 0, 0},
    {"SERVICE",     CI_SET_BOOL, offsetof(struct user_settings, service),     "false",
     "for add: a program's account, which has tokens only",           0, 0},
};

/* ---- passwords ---- */

static bool read_password(void *mem, const char **out, struct ci_err *err)
{
    char *first = ci_mem_alloc(mem, PROMPT_LONGEST + 2);
    char *second = ci_mem_alloc(mem, PROMPT_LONGEST + 2);

    if (!prompt_hidden("Password: ", first))
        return ci_fail(err, CI_EINVALID, "no password was given on standard input");
    if (isatty(STDIN_FILENO) &&
        (!prompt_hidden("The same again: ", second) || strcmp(first, second) != 0))
        return ci_fail(err, CI_EINVALID, "these were two passwords");
    *out = first;
    return true;
}

/* ---- what is done ---- */

static void set_text(json_t *json, const char *key, const char *value)
{
    if (value)
        json_object_set_new(json, key, json_string(value));
}

static bool post_user(struct api *api, const char *name, json_t *body, struct ci_err *err)
{
    json_t *answer;
    const char *path =
        name ? ci_mem_printf(api->mem, "users/%s", api_escape(api->mem, name)) : "users";

    ci_mem_json(api->mem, body);
    return api_post(api, path, body, &answer, err);
}

static bool add(struct api *api, const struct user_settings *settings, const char *name,
                struct ci_err *err)
{
    const char *password = NULL;

    if (!settings->service && !settings->no_password && !read_password(api->mem, &password, err))
        return false;
    json_t *body = json_pack("{s:s, s:b, s:o}", "username", name, "service", settings->service,
                             "groups", api_split(settings->groups));
    set_text(body, "full_name", settings->full_name);
    set_text(body, "email", settings->email);
    set_text(body, "password", password);
    return post_user(api, NULL, body, err);
}

static bool passwd(struct api *api, const struct user_settings *settings, const char *name,
                   struct ci_err *err)
{
    const char *password;

    (void)settings;
    return read_password(api->mem, &password, err) &&
           post_user(api, name, json_pack("{s:s}", "password", password), err);
}

static bool disable(struct api *api, const struct user_settings *settings, const char *name,
                    struct ci_err *err)
{
    (void)settings;
    return post_user(api, name, json_pack("{s:b}", "active", 0), err);
}

static bool enable(struct api *api, const struct user_settings *settings, const char *name,
                   struct ci_err *err)
{
    (void)settings;
    return post_user(api, name, json_pack("{s:b}", "active", 1), err);
}

static void print_user(json_t *user)
{
    json_t *group;
    size_t i;

    printf("%-20s %-8s %-8s %-28s %-28s", json_text(user, "username", ""),
           json_is_true(json_object_get(user, "service")) ? "service" : "user",
           json_is_true(json_object_get(user, "active")) ? "active" : "disabled",
           json_text(user, "full_name", ""), json_text(user, "email", ""));
    json_array_foreach(json_object_get(user, "groups"), i, group)
        printf("%s%s", i ? "," : " ", json_string_value(group));
    putchar('\n');
}

static bool list(struct api *api, const struct user_settings *settings, const char *name,
                 struct ci_err *err)
{
    json_t *users, *user;
    size_t i;

    (void)name;
    if (!api_list(api, "users?order=username", "users", &users, err))
        return false;
    if (settings->api.json) {
        print_json(users);
        return true;
    }
    printf("%-20s %-8s %-8s %-28s %-28s %s\n", "USER", "KIND", "STATE", "NAME", "MAIL", "GROUPS");
    json_array_foreach(users, i, user)
        print_user(user);
    return true;
}

static const struct deed {
    const char *word;
    bool takes_name;
    bool (*run)(struct api *api, const struct user_settings *settings, const char *name,
                struct ci_err *err);
} deeds[] = {
    {"add",     true,  add    },
    {"disable", true,  disable},
    {"enable",  true,  enable },
    {"list",    false, list   },
    {"passwd",  true,  passwd },
};

static const struct deed *find_deed(int count, char **words)
{
    for (size_t i = 0; count > 0 && i < CI_COUNT(deeds); i++)
        if (strcmp(deeds[i].word, words[0]) == 0 && count == 1 + deeds[i].takes_name)
            return &deeds[i];
    return NULL;
}

int cmd_user(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct user_settings settings = {0};
    AUTO_API api = {0};
    bool done;
    int rest;

    if (!api_settings_load("user",
                           "local users: add NAME, list, passwd NAME, disable NAME, enable "
                           "NAME; passwords come by standard input",
                           user_rows, CI_COUNT(user_rows), argc, argv, mem, &settings, &rest, &done,
                           err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    const struct deed *deed = find_deed(argc - rest, argv + rest);
    if (!deed) {
        ci_fail(err, CI_EINVALID, "say add NAME, list, passwd NAME, disable NAME or enable NAME");
        return EXIT_REPORT;
    }
    if (!api_open(&settings.api, mem, &api, err) ||
        !deed->run(&api, &settings, deed->takes_name ? argv[rest + 1] : NULL, err))
        return EXIT_REPORT;
    return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The REST API as the command line uses it: where the server is, the token,
 * GET and JSON-RPC. One thread.
 */
#pragma once

#include "shared/http_client.h"
#include "shared/settings.h"

/* The settings every talking command has; the first member of its own struct. */
struct api_settings {
    const char *url, *state;
    const char *api_token; /* which goes first */
    const char *token;     /* the admin token */
    bool json;
};
extern const struct ci_setting api_setting_rows[];
extern const size_t api_setting_count;

struct api {
    struct ci_client *client;
    const char *url;   /* ends with "/" */
    const char *token; /* or NULL */
    void *mem;
};

/*
 * Settings of a command: the common rows and its own. *done: --help was
 * printed. rest as ci_settings_load(); positional arguments begin there.
 */
CI_MUST_USE bool api_settings_load(const char *command, const char *summary,
                                   const struct ci_setting *rows, size_t count, int argc,
                                   char **argv, void *mem, void *out, int *rest, bool *done,
                                   struct ci_err *err);

/*
 * --url, else that of the folder --state, else the server that `slipway login`
 * signed in to last, else that of the default folder, else
 * http://127.0.0.1:8010/. The token is --token, else --admin-token, else that
 * of the folder --state when it is the server's, else that of the login at this
 * server, else that of the default folder when it is the server's.
 */
CI_MUST_USE bool api_open(const struct api_settings *settings, void *mem, struct api *out,
                          struct ci_err *err);
void api_close(struct api *api); /* harmless on a zeroed struct */
#define AUTO_API CI_CLEANUP(api_close) struct api

/* GET <url>api/v2/<path>; an HTTP error becomes err. *out is borrowed from api->mem. */
CI_MUST_USE bool api_get(struct api *api, const char *path, json_t **out, struct ci_err *err);
/* The same, and the array under `key`. */
CI_MUST_USE bool api_list(struct api *api, const char *path, const char *key, json_t **out,
                          struct ci_err *err);
/* One element of the array under `key`; CI_ENOTFOUND when it is empty. */
CI_MUST_USE bool api_single(struct api *api, const char *path, const char *key, json_t **out,
                            struct ci_err *err);
/* The build that "17" or "BUILDER/NUMBER" names; CI_ENOTFOUND. */
CI_MUST_USE bool api_build(struct api *api, const char *text, json_t **out, struct ci_err *err);
/* POST api/v2/<path>, a JSON-RPC call; params borrowed; *result borrowed from api->mem. */
CI_MUST_USE bool api_rpc(struct api *api, const char *path, const char *method, json_t *params,
                         json_t **result, struct ci_err *err);

/* POST api/v2/<path> of plain JSON; an HTTP error becomes err. *out is borrowed from api->mem. */
CI_MUST_USE bool api_post(struct api *api, const char *path, json_t *body, json_t **out,
                          struct ci_err *err);
/* "a,b" as ["a", "b"]; NULL: []. New reference. */
json_t *api_split(const char *text);

/* Between two looks at a condition that the server decides. */
void api_pause(void);

/*
 * For those who follow something: true when a call that failed with *err is
 * worth another try, as the server restarts and less than a minute has gone by
 * since the first of these failures. Zeroed at the start and after a success.
 */
struct api_patience {
    struct ci_mono since;
};
CI_MUST_USE bool api_patient(struct api_patience *patience, const struct ci_err *err);

/* The URL as servers are told apart: with "/" at its end. */
const char *api_with_slash(void *mem, const char *url);

/* URL-escapes one path segment or query value into mem. */
const char *api_escape(void *mem, const char *text);

/* Fields of a JSON object, with a fallback when absent or null. */
const char *json_text(json_t *object, const char *key, const char *fallback);
int64_t json_number(json_t *object, const char *key, int64_t fallback);

/* Prints a JSON document, indented, with a newline. */
void print_json(json_t *json);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that can be done to resources by POST, and what each call takes:
 * the table that the control calls check their parameters by and that the
 * OpenAPI document is written from.
 */
#pragma once

#include "control/rpc.h"

enum action_type {
    ACTION_ANY, /* checked by the action itself, with messages of its own */
    ACTION_TEXT,
    ACTION_INT, /* of 32 bits */
    ACTION_BOOL,
    ACTION_TEXTS,
    ACTION_OBJECT,
};

struct action_param {
    const char *name;
    enum action_type type;
    bool required;
    const char *help;
};

enum action_result {
    ACTION_NULL,
    ACTION_BUILDSET, /* [bsid, {"<builderid>": buildrequestid}] */
    ACTION_TRIED,    /* {"bsid": ..., "brids": {...}} */
};

struct action {
    const struct rest_resource *resource;
    const char *method;
    enum ci_action right;
    control_target *target; /* NULL: the action asks for the right itself, builder by builder */
    control_action *run;
    enum action_result result;
    const char *help;
    const struct action_param *params; /* a NULL name last; NULL: none */
    bool open;                         /* takes further parameters: the fields of a form */
};

/* All of them; a NULL resource last. */
extern const struct action actions[];

const struct action *action_find(const struct rest_path *path, const char *method);

/* Whether the parameters are there and of their types; null counts as absent. Fills *error. */
bool action_check(const struct action *action, const json_t *params, void *mem,
                  struct rpc_error *error);

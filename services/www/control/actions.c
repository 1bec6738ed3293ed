/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done to resources, and what it takes. */
#include "control/actions.h"

#include <string.h>

static const struct action_param reason_params[] = {
    {"reason", ACTION_ANY, false, "why; \"no reason\" without one"},
    {0  },
};
static const struct action_param priority_params[] = {
    {"priority", ACTION_INT, true, "the higher, the earlier"},
    {0     },
};
static const struct action_param enable_params[] = {
    {"enabled", ACTION_BOOL, true, "false: it makes no buildsets until enabled again"},
    {0    },
};
static const struct action_param force_params[] = {
    {"builderNames",                 ACTION_ANY, false, "names of its builders to build on; all without it"},
    {"builderid",                         ACTION_ANY, false, "the one builder to build on"},
    {"owner",                              ACTION_ANY, false, "ignored: the server says who asks"},
    {"priority",ACTION_ANY, false, "of the requests; 0 without it"},
    {"reason", ACTION_ANY, false, "why; the form's default without it"},
    {"username",                        ACTION_ANY, false, "who asks, where nobody has signed in"},
    {0                        },
};
static const struct action_param try_params[] = {
    {"baserev",                ACTION_ANY, false, "revision that the patch goes over"},
    {"branch",                   ACTION_ANY, false, "branch to build"},
    {"builders",                        ACTION_ANY, false, "names of its builders to build on; all without it"},
    {"codebase",ACTION_ANY, false, "codebase of the patch"},
    {"comment",       ACTION_ANY, false, "what it is about"},
    {"jobid",               ACTION_ANY, false, "a second call of the same job gets the answer of the first"},
    {"patch",                   ACTION_ANY, false, "{body: base64 of the diff, level, subdir, author, comment}"},
    {"project",                        ACTION_ANY, false, "project of the source"},
    {"properties",                   ACTION_ANY, false, "{name: value} for the builds"},
    {"repository", ACTION_ANY, false, "repository of the source"},
    {"who",                ACTION_ANY, false, "who tries"},
    {0                  },
};

#define ACTION(resource, method, right, target, run, result, help, ...)                            \
    {                                                                                              \
        &rest_##resource, method, right, target, run, result, help, __VA_ARGS__                    \
    }
const struct action actions[] = {
    ACTION(builds, "pin", CI_ACTION_PIN, control_target_build, control_build_pin, ACTION_NULL,
           "Keeps the build from retention", NULL, false),
    ACTION(builds, "rebuild", CI_ACTION_REBUILD, control_target_build, control_build_rebuild,
           ACTION_BUILDSET, "Asks for a build of the same sources and properties", NULL, false),
    ACTION(builds, "stop", CI_ACTION_STOP, control_target_build, control_build_stop, ACTION_NULL,
           "Stops the build, soon", reason_params, false),
    ACTION(builds, "unpin", CI_ACTION_PIN, control_target_build, control_build_unpin, ACTION_NULL,
           "Lets retention have the build", NULL, false),
    ACTION(buildrequests, "cancel", CI_ACTION_STOP, control_target_request, control_request_cancel,
           ACTION_NULL, "Cancels the request, and stops its builds", reason_params, false),
    ACTION(buildrequests, "set_priority", CI_ACTION_SET_PRIORITY, control_target_request,
           control_request_priority, ACTION_NULL, "Changes when the request's turn comes",
           priority_params, false),
    ACTION(deliveries, "replay", CI_ACTION_CHANGE, control_target_delivery, control_delivery_replay,
           ACTION_NULL, "Has the delivery read again, by the configuration in force now", NULL,
           false),
    ACTION(forceschedulers, "force", CI_ACTION_FORCE, NULL, control_force, ACTION_BUILDSET,
           "Asks for builds; further parameters are the form's fields by their fullName",
           force_params, true),
    ACTION(schedulers, "enable", CI_ACTION_SCHEDULER, control_target_scheduler,
           control_scheduler_enable, ACTION_NULL, "Enables or disables the scheduler",
           enable_params, false),
    ACTION(tryschedulers, "try", CI_ACTION_TRY, NULL, control_try, ACTION_TRIED,
           "Builds somebody's patch", try_params, false),
    ACTION(workers, "kill", CI_ACTION_WORKER, control_target_worker, control_worker_kill,
           ACTION_NULL, "Ends the worker's agent at once; its builds are retried", reason_params,
           false),
    ACTION(workers, "pause", CI_ACTION_WORKER, control_target_worker, control_worker_pause,
           ACTION_NULL, "Gives the worker no new builds", reason_params, false),
    ACTION(workers, "stop", CI_ACTION_WORKER, control_target_worker, control_worker_stop,
           ACTION_NULL, "Ends the worker's agent after its builds", reason_params, false),
    ACTION(workers, "unpause", CI_ACTION_WORKER, control_target_worker, control_worker_unpause,
           ACTION_NULL, "Gives the worker builds again", reason_params, false),
    {0},
};

const struct action *action_find(const struct rest_path *path, const char *method)
{
    for (const struct action *action = actions; path->kind == REST_SINGLE && action->resource;
         action++)
        if (action->resource == path->resource && strcmp(action->method, method) == 0)
            return action;
    return NULL;
}

/* What a value has to be, for the refusal; NULL when it is. */
static const char *complaint(enum action_type type, const json_t *value)
{
    json_int_t number = json_integer_value(value);

    switch (type) {
    case ACTION_ANY:
        return NULL;
    case ACTION_TEXT:
        return json_is_string(value) ? NULL : "a string";
    case ACTION_INT:
        return json_is_integer(value) && number >= INT32_MIN && number <= INT32_MAX
                   ? NULL
                   : "an integer of 32 bits";
    case ACTION_BOOL:
        return json_is_boolean(value) ? NULL : "true or false";
    case ACTION_TEXTS:
        return json_is_array(value) ? NULL : "a list of strings";
    case ACTION_OBJECT:
        return json_is_object(value) ? NULL : "an object";
    }
    return NULL;
}

bool action_check(const struct action *action, const json_t *params, void *mem,
                  struct rpc_error *error)
{
    for (const struct action_param *param = action->params; param && param->name; param++) {
        const json_t *value = json_object_get(params, param->name);

        if (!param->required && (!value || json_is_null(value)))
            continue;
        const char *wanted = complaint(param->type, value);
        if (wanted)
            return rpc_fail(mem, error, 400, RPC_INVALID_PARAMS, "%s must be %s", param->name,
                            wanted);
    }
    return true;
}

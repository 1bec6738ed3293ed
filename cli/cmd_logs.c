/* SPDX-License-Identifier: Apache-2.0 */
/* slipway logs: the logs of a build, step by step; with --follow as they grow. */
#include "api.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct logs_settings {
    struct api_settings api;
    const char *step;
    bool follow;
};

static const struct ci_setting logs_rows[] = {
    {"FOLLOW", CI_SET_BOOL, offsetof(struct logs_settings, follow), "false",
     "go on until the build is over",                                                                    0, 0},
    {"STEP",   CI_SET_STR,  offsetof(struct logs_settings, step),   CI_SET_OPTIONAL, "only this step's",
     0,                                                                                                     0},
};

enum { LINES_AT_ONCE = 2000, MAX_LOGS = 1024 };

/* What has been printed already. */
struct printed {
    int64_t logid, lines;
};

struct follower {
    struct api *api;
    const struct logs_settings *settings;
    int64_t buildid;
    struct printed printed[MAX_LOGS];
    size_t count;
    int64_t last_step; /* whose heading was printed; -1: none */
    bool complete;
    bool step_seen; /* the one of --step */
    json_t *texts;  /* --json: {"<logid>": the log} with what would be printed; or NULL */
    json_t *found;  /* --json: the same in order */
};

static struct printed *printed_of(struct follower *follower, int64_t logid)
{
    for (size_t i = 0; i < follower->count; i++)
        if (follower->printed[i].logid == logid)
            return &follower->printed[i];
    if (follower->count == MAX_LOGS)
        return NULL;
    follower->printed[follower->count] = (struct printed){.logid = logid};
    return &follower->printed[follower->count++];
}

/* --json prints at the end, every log with its step's name and its `content`. */
static void keep_lines(struct follower *follower, json_t *step, json_t *log, const char *content)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *id = ci_mem_printf(mem, "%lld", (long long)json_number(log, "logid", 0));
    json_t *kept = json_object_get(follower->texts, id);

    if (!kept) {
        kept = json_deep_copy(log);
        json_object_set_new(kept, "step", json_string(json_text(step, "name", "")));
        json_object_set_new(follower->texts, id, kept);
        json_array_append(follower->found, kept);
    }
    json_object_update(kept, log);
    json_object_set_new(
        kept, "content",
        json_string(ci_mem_printf(mem, "%s%s", json_text(kept, "content", ""), content)));
}

/* Lines of a log of type s begin with their stream's letter: errors go to stderr. */
static void print_lines(const char *content, bool prefixed)
{
    for (const char *line = content; *line;) {
        size_t len = strcspn(line, "\n") + 1;

        if (line[len - 1] == '\0')
            len--;
        if (prefixed)
            fwrite(line + 1, 1, len - 1, line[0] == 'e' ? stderr : stdout);
        else
            fwrite(line, 1, len, stdout);
        line += len;
    }
    fflush(stdout);
}

static bool print_log(struct follower *follower, json_t *step, json_t *log, struct ci_err *err)
{
    int64_t logid = json_number(log, "logid", 0), lines = json_number(log, "num_lines", 0);
    bool prefixed = strcmp(json_text(log, "type", "s"), "s") == 0;
    struct printed *printed = printed_of(follower, logid);

    if (!printed)
        return ci_fail(err, CI_ETOOLARGE, "more than %d logs", MAX_LOGS);
    while (printed->lines < lines) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct api window = *follower->api;
        int64_t left = lines - printed->lines, count = left < LINES_AT_ONCE ? left : LINES_AT_ONCE;
        const char *content;
        json_t *body;

        window.mem = mem;
        if (!api_get(&window,
                     ci_mem_printf(mem, "logs/%lld/contents?offset=%lld&limit=%lld",
                                   (long long)logid, (long long)printed->lines, (long long)count),
                     &body, err))
            return false;
        body = json_object_get(body, "logchunks");
        content = json_text(json_array_get(body, 0), "content", "");
        if (follower->texts)
            keep_lines(follower, step, log, content);
        else
            print_lines(content, prefixed);
        printed->lines += count;
    }
    return true;
}

static bool print_step(struct follower *follower, json_t *step, struct ci_err *err)
{
    int64_t stepid = json_number(step, "stepid", 0);
    struct api *api = follower->api;
    json_t *logs, *log;
    size_t i;

    if (!api_list(api, ci_mem_printf(api->mem, "steps/%lld/logs", (long long)stepid), "logs", &logs,
                  err))
        return false;
    if (!follower->texts && follower->last_step < stepid && json_array_size(logs) > 0) {
        printf("== %s\n", json_text(step, "name", ""));
        follower->last_step = stepid;
    }
    json_array_foreach(logs, i, log)
        if (!print_log(follower, step, log, err))
            return false;
    return true;
}

/* Prints what is new. The build is asked first: what is complete then has all its lines now. */
static bool catch_up(struct follower *follower, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct api *outer = follower->api, api = *outer;
    const char *only = follower->settings->step;
    json_t *build, *steps, *step;
    bool ok;
    size_t i;

    api.mem = mem;
    follower->api = &api;
    ok = api_single(&api, ci_mem_printf(mem, "builds/%lld", (long long)follower->buildid), "builds",
                    &build, err) &&
         api_list(&api, ci_mem_printf(mem, "builds/%lld/steps", (long long)follower->buildid),
                  "steps", &steps, err);
    for (i = 0; ok && i < json_array_size(steps); i++) {
        step = json_array_get(steps, i);
        if (!only || strcmp(json_text(step, "name", ""), only) == 0) {
            follower->step_seen = true;
            ok = print_step(follower, step, err);
        }
    }
    if (ok)
        follower->complete = json_is_true(json_object_get(build, "complete"));
    follower->api = outer;
    return ok;
}

static bool print_all(struct follower *follower, struct ci_err *err)
{
    const char *only = follower->settings->step;
    struct api_patience patience = {0};

    if (!catch_up(follower, err))
        return false;
    while (follower->settings->follow && !follower->complete) {
        api_pause();
        if (catch_up(follower, err))
            patience = (struct api_patience){0};
        else if (!api_patient(&patience, err))
            return false;
    }
    return !only || follower->step_seen ||
           ci_fail(err, CI_ENOTFOUND, "the build has no step \"%s\"", only);
}

int cmd_logs(int argc, char **argv, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct logs_settings settings = {0};
    struct follower *follower = ci_mem_zero(mem, struct follower);
    AUTO_API api = {0};
    json_t *build;
    bool done;
    int rest;

    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '-' && argv[i][1] == 'f' && argv[i][2] == '\0')
            argv[i] = ci_mem_strdup(mem, "--follow"); /* as in tail */
    if (!api_settings_load("logs BUILD", "prints a build's logs; BUILD is an id or BUILDER/NUMBER",
                           logs_rows, CI_COUNT(logs_rows), argc, argv, mem, &settings, &rest, &done,
                           err))
        return EXIT_REPORT;
    if (done)
        return EXIT_SUCCESS;
    if (argc - rest != 1) {
        ci_fail(err, CI_EINVALID, "which build? e.g. slipway logs 17, slipway logs linux/3");
        return EXIT_REPORT;
    }
    *follower = (struct follower){.api = &api, .settings = &settings, .last_step = -1};
    if (settings.api.json) {
        follower->texts = ci_mem_json(mem, json_object());
        follower->found = ci_mem_json(mem, json_array());
    }
    if (!api_open(&settings.api, mem, &api, err) || !api_build(&api, argv[rest], &build, err))
        return EXIT_REPORT;
    follower->buildid = json_number(build, "buildid", 0);
    if (!print_all(follower, err))
        return EXIT_REPORT;
    if (follower->found)
        print_json(follower->found);
    return EXIT_SUCCESS;
}

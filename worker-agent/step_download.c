/* SPDX-License-Identifier: Apache-2.0 */
/* The `download` step: artifacts of other builds become files. */
#include "artifact.h"
#include "below.h"
#include "glob.h"
#include "shared/clock.h"
#include "step_kit.h"
#include "step_types.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const froms[] = {
    [CI_FROM_PARENT] = "parent",
    [CI_FROM_BUILDSET] = "buildset",
    [CI_FROM_BUILDER] = "builder",
    [CI_FROM_BUILD] = "build",
};

struct download {
    struct step *step;
    const struct ci_download_args *args;
    int root;
    struct ci_mono begin;
};

static void add_parameter(struct ci_buf *query, const char *key, const char *value)
{
    if (!value)
        return;
    ci_buf_printf(query, "%s%s=", query->len > 0 ? "&" : "", key);
    for (; *value; value++)
        ci_buf_printf(query, "%%%02X", (unsigned char)*value);
}

static bool list(struct download *download, json_t **out, struct ci_err *err)
{
    const struct ci_download_args *args = download->args;
    struct step *step = download->step;
    struct step_request request = {0};
    struct step_reply reply = {0};
    struct ci_buf query;

    ci_buf_init(&query, step->mem);
    add_parameter(&query, "from", froms[args->from]);
    add_parameter(&query, "builder", args->builder);
    add_parameter(&query, "branch", args->branch);
    add_parameter(&query, "name", args->artifact);
    request.path = ci_mem_printf(step->mem, "artifacts?%s", query.text);
    if (!step_call(step, &request, step->mem, &reply, err))
        return false;
    if (reply.status >= 400)
        return ci_fail(err, CI_ENOTFOUND, "%s", reply.error);
    *out = json_object_get(reply.json, "artifacts");
    return json_array_size(*out) > 0 ||
           ci_fail(err, CI_ENOTFOUND, "no artifact \"%s\" there", args->artifact);
}

/* `to` names a folder: it is one, ends like one, or several files are to go there. */
static bool is_folder(const struct download *download, const char *to)
{
    const char *given = download->args->to ? download->args->to : ".";
    CI_CLEANUP(below_close) int fd = -1;

    if (strcmp(to, ".") == 0 || given[strlen(given) - 1] == '/' ||
        glob_is_pattern(download->args->artifact))
        return true;
    fd = below_open(download->root, to, O_PATH | O_DIRECTORY, 0);
    return fd >= 0;
}

static bool get(struct download *download, json_t *item, const char *to, bool folder,
                struct ci_err *err)
{
    struct step *step = download->step;
    const char *name = json_string_value(json_object_get(item, "name")), *path = to;

    /* A name comes from another build: it leads nowhere else. */
    if (!name || !*name)
        return ci_fail(err, CI_EINVALID, "an artifact without a name");
    if (folder && !below_normal(step->mem, ci_mem_printf(step->mem, "%s/%s", to, name), &path, err))
        return false;
    if (!artifact_get(step, item, download->root, path, kit_mode(download->args->mode, -1),
                      download->begin, err))
        return false;
    steplog_say(&step->log, "%s, %lld bytes", path,
                (long long)json_integer_value(json_object_get(item, "size")));
    return true;
}

static bool run(struct download *download, size_t *count, struct ci_err *err)
{
    struct step *step = download->step;
    const char *to;
    json_t *items = NULL, *item;
    bool folder;
    size_t i;

    if (!below_normal(step->mem, download->args->to ? download->args->to : ".", &to, err) ||
        !list(download, &items, err))
        return false;
    folder = is_folder(download, to);
    json_array_foreach(items, i, item) {
        if (!get(download, item, to, folder, err))
            return false;
    }
    *count = i;
    return true;
}

void step_do_download(struct step *step, struct step_end *end)
{
    struct ci_err err;
    CI_CLEANUP(below_close) int root = below_root(step->dir, &err);
    struct download download = {
        .step = step, .args = step->def->args, .root = root, .begin = ci_mono_now()};
    size_t count = 0;

    if (root < 0 || !run(&download, &count, &err))
        kit_fails(step, end, &err);
    else
        kit_ends(step, end, CI_SUCCESS, "downloaded %s",
                 kit_count(step, count, "artifact", "artifacts"));
}

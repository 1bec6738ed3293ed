/* SPDX-License-Identifier: Apache-2.0 */
/* Following the builds of a buildset. */
#include "buildset.h"

#include "shared/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The id itself where the name can't be had. */
static const char *builder_name(struct api *api, const char *builderid)
{
    json_t *builder;
    struct ci_err err;

    if (!api_single(api, ci_mem_printf(api->mem, "builders/%s", builderid), "builders", &builder,
                    &err))
        return builderid;
    return json_text(builder, "name", builderid);
}

void buildset_print(struct api *api, const struct buildset *buildset)
{
    const char *builderid;
    json_t *brid;

    printf("buildset %lld\n", (long long)buildset->bsid);
    json_object_foreach(buildset->requests, builderid, brid)
        printf("  request %lld: builder %s\n", (long long)json_integer_value(brid),
               builder_name(api, builderid));
}

/* Whether somebody is there to take a builder's requests now; true also when that can't be told. */
static bool has_worker(struct api *api, const char *builderid)
{
    const char *path = ci_mem_printf(api->mem, "builders/%s/workers", builderid);
    json_t *workers, *worker;
    struct ci_err err;
    size_t i;

    if (!api_list(api, path, "workers", &workers, &err))
        return true;
    json_array_foreach(workers, i, worker)
        if (json_array_size(json_object_get(worker, "connected_to")) > 0 &&
            !json_is_true(json_object_get(worker, "paused")) &&
            !json_is_true(json_object_get(worker, "graceful")))
            return true;
    return false;
}

void buildset_warn(struct api *api, const struct buildset *buildset)
{
    const char *builderid;
    json_t *brid;

    json_object_foreach(buildset->requests, builderid, brid)
        if (!has_worker(api, builderid))
            fprintf(stderr,
                    "slipway %s: request %lld waits: no worker that can run builder %s is online "
                    "and willing\n",
                    buildset->command, (long long)json_integer_value(brid),
                    builder_name(api, builderid));
}

/* "builder linux: build 7: running  http://..." when that is not what was told last. */
static void tell_build(struct api *api, const char *builderid, json_t *build, json_t *told)
{
    long long number = (long long)json_number(build, "number", 0);
    bool complete = json_is_true(json_object_get(build, "complete"));
    const char *state = complete ? ci_result_name((int)json_number(build, "results", -1))
                                 : json_text(build, "state_string", "running");
    const char *line = ci_mem_printf(api->mem, "%lld %s", number, state);

    if (strcmp(json_text(told, builderid, ""), line) == 0)
        return;
    json_object_set_new(told, builderid, json_string(line));
    printf("builder %s: build %lld: %s  %s#/builders/%s/builds/%lld\n",
           builder_name(api, builderid), number, state, api->url, builderid, number);
    fflush(stdout);
}

/* What can't be had now is told the next time. */
static void tell_builds(struct api *api, const struct buildset *buildset, json_t *told)
{
    const char *builderid;
    json_t *brid, *builds;
    struct ci_err err;

    json_object_foreach(buildset->requests, builderid, brid) {
        const char *path =
            ci_mem_printf(api->mem, "builds?buildrequestid=%lld&order=-buildid&limit=1",
                          (long long)json_integer_value(brid));

        if (api_list(api, path, "builds", &builds, &err) && json_array_size(builds) > 0)
            tell_build(api, builderid, json_array_get(builds, 0), told);
    }
}

/* On the buildset's row, which the server completes. */
bool buildset_wait(struct api *api, const struct buildset *buildset, bool tell, int *results,
                   struct ci_err *err)
{
    const char *path = ci_mem_printf(api->mem, "buildsets/%lld", (long long)buildset->bsid);
    json_t *told = ci_mem_json(api->mem, json_object()), *row;
    struct api_patience patience = {0};

    fflush(stdout);
    for (;; api_pause()) {
        if (!api_single(api, path, "buildsets", &row, err)) {
            if (!api_patient(&patience, err))
                return false;
            continue;
        }
        if (tell)
            tell_builds(api, buildset, told);
        if (json_is_true(json_object_get(row, "complete")))
            break;
        patience = (struct api_patience){0};
    }
    *results = (int)json_number(row, "results", CI_RESULT_NONE);
    return true;
}

int buildset_status(int results)
{
    return results == CI_SUCCESS || results == CI_WARNINGS ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "why/why_seal.h"

#include "shared/model.h"

#include <string.h>

bool why_may_see(struct www *www, struct ci_tx *tx, const struct ci_request *request,
                 const char *resource, struct access_view *view, struct ci_err *err)
{
    const struct identity *who;
    struct path_match match;
    void *row;

    if (!access_check(www, request, CI_ACTION_READ, NULL, &who, err) ||
        !access_view(www, tx, who, request->mem, view, err))
        return false;
    if (view->everything)
        return true;
    return paths_match(rest_paths, resource, request->mem, &match)
               ? rest_row(www, tx, &match, view, request->mem, &row, err)
               : ci_fail(err, CI_ENOTFOUND, "no such resource");
}

/* ---- a request ---- */

/* "builder/12", or what stands for it. */
static const char *shown_build(const struct access_view *view, const char *name, void *mem)
{
    const char *slash = strrchr(name, '/');
    const char *builder = ci_mem_strndup(mem, name, slash ? (size_t)(slash - name) : strlen(name));

    return access_hides_builder_name(view, builder) || access_mixes_builder_name(view, builder)
               ? "a build that is not shown"
               : name;
}

static struct ci_strs shown_builds(const struct access_view *view, struct ci_strs names, void *mem)
{
    const char **out = ci_mem_array(mem, const char *, names.count + 1);

    for (size_t i = 0; i < names.count; i++)
        out[i] = shown_build(view, names.items[i], mem);
    return (struct ci_strs){out, names.count};
}

void why_seal(const struct access_view *view, void *mem, struct why_facts *facts)
{
    if (view->everything)
        return;
    CI_FOREACH(struct why_running, running, facts->running)
        running->name = shown_build(view, running->name, mem);
    CI_FOREACH(struct why_claim, claim, facts->claims)
        claim->build = shown_build(view, claim->build, mem);
    CI_FOREACH(struct why_step_lock, lock, facts->step_locks)
        lock->builds = shown_builds(view, lock->builds, mem);
}

/* ---- a change ---- */

static bool is_among(struct ci_list buildsets, int64_t bsid)
{
    CI_FOREACH(const struct ci_buildset, buildset, buildsets) {
        if (buildset->bsid == bsid)
            return true;
    }
    return false;
}

static struct ci_i64s keep(struct ci_i64s ids, struct ci_list shown, void *mem)
{
    int64_t *out = ci_mem_array(mem, int64_t, ids.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < ids.count; i++) {
        if (is_among(shown, ids.items[i]))
            out[count++] = ids.items[i];
    }
    return (struct ci_i64s){out, count};
}

/* Those of the buildsets that are shown: struct ci_buildset. */
static bool find_shown(struct www *www, struct ci_tx *tx, const struct access_view *view, void *mem,
                       const struct why_change_facts *facts, struct ci_list *out,
                       struct ci_err *err)
{
    struct query_options options = {0};
    size_t count = facts->other_buildsets.count;

    CI_FOREACH(const struct why_scheduler, scheduler, facts->schedulers)
        count += scheduler->buildsets.count;
    int64_t *ids = ci_mem_array(mem, int64_t, count + 1);
    count = 0;
    CI_FOREACH(const struct why_scheduler, scheduler, facts->schedulers)
        for (size_t i = 0; i < scheduler->buildsets.count; i++)
            ids[count++] = scheduler->buildsets.items[i];
    for (size_t i = 0; i < facts->other_buildsets.count; i++)
        ids[count++] = facts->other_buildsets.items[i];
    struct ci_arg arg = ci_arg_i64s((struct ci_i64s){ids, count});
    const struct rest_scope scope = {
        .where = "bs.bsid = ANY($1::bigint[])", .args = &arg, .nargs = 1, .view = view};
    return rest_rows(www, tx, &rest_buildsets, &scope, &options, mem, out, err);
}

bool why_change_seal(struct www *www, struct ci_tx *tx, const struct access_view *view, void *mem,
                     struct why_change_facts *facts, struct ci_err *err)
{
    struct why_scheduler *kept;
    struct ci_list shown;
    size_t count = 0;

    if (view->everything)
        return true;
    if (!find_shown(www, tx, view, mem, facts, &shown, err))
        return false;
    kept = ci_mem_array(mem, struct why_scheduler, facts->schedulers.count + 1);
    CI_FOREACH(const struct why_scheduler, scheduler, facts->schedulers) {
        if (access_hides_scheduler(view, scheduler->name))
            continue;
        kept[count] = *scheduler;
        kept[count++].buildsets = keep(scheduler->buildsets, shown, mem);
    }
    facts->schedulers = (struct ci_list){kept, count};
    facts->other_buildsets = keep(facts->other_buildsets, shown, mem);
    return true;
}

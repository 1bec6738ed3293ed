/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody may not read, of all builders and projects there are; see access.h. */
#include "access/access.h"
#include "www.h"
#include "www_sql.h"

#include <stdlib.h>
#include <string.h>

static const struct ci_field builder_fields[] = {
    CI_FIELD(struct access_builder, builderid, 0),
    CI_FIELD(struct access_builder, name, 0),
    CI_FIELD(struct access_builder, project, 0),
};
static const struct ci_record builder_record =
    CI_RECORD("builder", struct access_builder, builder_fields);

struct project_row {
    const char *project;
};
static const struct ci_field project_fields[] = {CI_FIELD(struct project_row, project, 0)};
static const struct ci_record project_record =
    CI_RECORD("project", struct project_row, project_fields);

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

/* A list of names in the making. */
struct names {
    const char **items;
    size_t count;
};

static struct names names_new(void *mem, size_t most)
{
    return (struct names){ci_mem_array(mem, const char *, most + 1), 0};
}

static void add_name(struct names *names, const char *name)
{
    names->items[names->count++] = name;
}

static struct ci_strs sorted(struct names names)
{
    qsort(names.items, names.count, sizeof(*names.items), by_text);
    return (struct ci_strs){names.items, names.count};
}

static bool is_among(struct ci_strs sorted, const char *name)
{
    return sorted.count &&
           bsearch(&name, sorted.items, sorted.count, sizeof(*sorted.items), by_text) != NULL;
}

static void view_builders(const struct ci_config *config, const struct identity *who,
                          struct ci_list builders, void *mem, struct access_view *out)
{
    int64_t *ids = ci_mem_array(mem, int64_t, builders.count + 1);
    int64_t *mixed = ci_mem_array(mem, int64_t, builders.count + 1);
    struct names names = names_new(mem, builders.count),
                 mixed_names = names_new(mem, builders.count);
    size_t count = 0;
    bool by_project;

    CI_FOREACH(const struct access_builder, builder, builders) {
        const struct access_target target = {.builder = builder->name, .project = builder->project};

        if (builder->builderid > out->newest_builder)
            out->newest_builder = builder->builderid;
        if (access_may_read(config, who, &target, &by_project)) {
            if (out->sources.count && !*builder->project) {
                mixed[mixed_names.count] = builder->builderid;
                add_name(&mixed_names, builder->name);
            }
            continue;
        }
        ids[count++] = builder->builderid;
        add_name(&names, builder->name);
    }
    qsort(ids, count, sizeof(*ids), by_number);
    qsort(mixed, mixed_names.count, sizeof(*mixed), by_number);
    out->builders = (struct ci_i64s){ids, count};
    out->mixed = (struct ci_i64s){mixed, mixed_names.count};
    out->mixed_names = sorted(mixed_names);
    out->names = sorted(names);
}

static void view_projects(const struct ci_config *config, const struct identity *who,
                          struct ci_strs projects, void *mem, struct access_view *out)
{
    struct names all = names_new(mem, projects.count), hidden = names_new(mem, projects.count),
                 sources = names_new(mem, projects.count);
    bool by_project;

    for (size_t i = 0; i < projects.count; i++) {
        const struct access_target target = {.project = projects.items[i]};

        add_name(&all, projects.items[i]);
        if (access_may_read(config, who, &target, &by_project))
            continue;
        add_name(&hidden, projects.items[i]);
        if (by_project)
            add_name(&sources, projects.items[i]);
    }
    out->known = sorted(all);
    out->projects = sorted(hidden);
    out->sources = sorted(sources);
}

/* A scheduler that builds nothing that may be seen is not to be seen either. */
static bool hides_all(const struct access_view *view, struct ci_strs builders)
{
    for (size_t i = 0; i < builders.count; i++) {
        if (!access_hides_builder_name(view, builders.items[i]))
            return false;
    }
    return builders.count > 0;
}

static void view_schedulers(const struct ci_config *config, void *mem, struct access_view *out)
{
    struct names names = names_new(mem, config->schedulers.count);

    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers) {
        if (hides_all(out, scheduler->builders))
            add_name(&names, ci_mem_strdup(mem, scheduler->name));
    }
    out->schedulers = sorted(names);
}

static void view_change_sources(const struct ci_config *config, void *mem, struct access_view *out)
{
    struct names names = names_new(mem, config->change_sources.count),
                 repositories = names_new(mem, config->change_sources.count);

    CI_FOREACH(const struct ci_change_source, source, config->change_sources) {
        if (!access_hides_project(out, source->project ? source->project : ""))
            continue;
        add_name(&names, ci_mem_strdup(mem, source->name));
        if (source->repository)
            add_name(&repositories, ci_mem_strdup(mem, source->repository));
    }
    out->change_sources = sorted(names);
    out->repositories = sorted(repositories);
}

void access_view_of(const struct ci_config *config, const struct identity *who,
                    struct ci_list builders, struct ci_strs projects, void *mem,
                    struct access_view *out)
{
    bool by_project;

    *out = (struct access_view){.version = config->version};
    out->general = access_may_read(config, who, &(struct access_target){0}, &by_project);
    view_projects(config, who, projects, mem, out);
    view_builders(config, who, builders, mem, out);
    view_schedulers(config, mem, out);
    view_change_sources(config, mem, out);
}

bool access_view(struct www *www, struct ci_tx *tx, const struct identity *who, void *mem,
                 struct access_view *out, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    struct ci_list builders, projects;

    if (!access_view_needs_names(config, who)) {
        *out =
            (struct access_view){.everything = true, .general = true, .version = config->version};
        return true;
    }
    const struct ci_query queries[] = {
        {.stmt = &sql_access_builders, .record = &builder_record, .rows = &builders},
        {.stmt = &sql_access_projects, .record = &project_record, .rows = &projects},
    };
    if (!ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err))
        return false;
    /* A row is one pointer, so that the rows are the list. */
    access_view_of(config, who, builders, (struct ci_strs){projects.items, projects.count}, mem,
                   out);
    return true;
}
_Static_assert(sizeof(struct project_row) == sizeof(const char *), "rows of names are a list");

bool access_hides_builder(const struct access_view *view, int64_t builderid)
{
    return !view->everything && view->builders.count &&
           bsearch(&builderid, view->builders.items, view->builders.count, sizeof(int64_t),
                   by_number) != NULL;
}

bool access_hides_builder_name(const struct access_view *view, const char *name)
{
    return !view->everything && is_among(view->names, name);
}

bool access_mixes_builder_name(const struct access_view *view, const char *name)
{
    return !view->everything && is_among(view->mixed_names, name);
}

struct ci_strs access_shown(const struct access_view *view, struct ci_strs builders, void *mem)
{
    struct names shown;

    if (!view || view->everything)
        return builders;
    shown = names_new(mem, builders.count);
    for (size_t i = 0; i < builders.count; i++) {
        if (!is_among(view->names, builders.items[i]))
            add_name(&shown, builders.items[i]);
    }
    return (struct ci_strs){shown.items, shown.count};
}

bool access_hides_project(const struct access_view *view, const char *project)
{
    return !view->everything && is_among(view->projects, project);
}

bool access_hides_scheduler(const struct access_view *view, const char *name)
{
    return !view->everything && is_among(view->schedulers, name);
}

bool access_hides_change_source(const struct access_view *view, const char *name)
{
    return !view->everything && is_among(view->change_sources, name);
}

bool access_hides_repository(const struct access_view *view, const char *repository)
{
    return !view->everything && is_among(view->repositories, repository);
}

bool access_view_holds(const struct access_view *view, int64_t version, int64_t builderid,
                       const char *project)
{
    return view->version == version &&
           (view->everything ||
            (builderid <= view->newest_builder && (!project || is_among(view->known, project))));
}
